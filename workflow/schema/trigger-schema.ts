import { either, list, map, valueMap } from "./collections.js";
import { nameForm } from "./id-forms.js";
import { key, record, type Key } from "./record.js";
import { advised, neverEmpty, withPattern, type ValueOf } from "./schema.js";
import { choice, duration, expression, instant, number, text } from "./scalars.js";
import { matchSchema } from "./match-schema.js";
import { SCHEDULE_PATTERN } from "../schedule/schedule-pattern.js";
import { signalName } from "./signal-name.js";

/** Made anew for each record that has it: the reference describes them apart. */
function matchKey(): Key<ValueOf<ReturnType<typeof matchSchema>>> {
  return key(
    matchSchema("a map of a signal's params to the values they must have"),
    "What the signal's params must be: a literal, or `{ gte: 6 }` with eq, ne, gt, gte, lt, lte, in. Matched by index.",
  );
}

const joinedSignal = record("a joined signal", {
  signal: key(signalName, "The signal to wait for.", { required: true }),
  match: matchKey(),
});

/** Of these a trigger has exactly one: it says what starts the run. */
export const TRIGGER_KINDS = ["schedule", "signal", "all", "workflow"] as const;

/** Keys that not every kind of trigger takes, with the kinds that do. */
export const KINDS_OF_TRIGGER_KEY = {
  timezone: ["schedule"],
  missed: ["schedule"],
  gap: ["schedule"],
  overlap: ["schedule"],
  jitter: ["schedule"],
  starts: ["schedule"],
  ends: ["schedule"],
  match: ["signal"],
  if: ["signal", "all"],
  dedupe: ["signal", "all"],
  join: ["all"],
  within: ["all"],
  on: ["workflow"],
} as const satisfies Readonly<Record<string, readonly (typeof TRIGGER_KINDS)[number][]>>;

/** One of the reasons for which a run starts; exactly one of schedule, signal, all, workflow says which. */
export const triggerSchema = record(
  "a trigger",
  {
    schedule: key(
      advised(
        withPattern(
          text("a schedule", { examples: ["0 6 * * 1-5", "@daily", "every 15m"] }),
          SCHEDULE_PATTERN,
        ),
        (node) =>
          node.kind === "scalar" ? null : 'Each schedule is a trigger of its own: - schedule: "0 6 * * *"',
      ),
      "A cron of 5 or 6 fields, `@daily` and the like, or `every 15m`.",
    ),
    timezone: key(
      text("a time zone", { examples: ["Europe/Berlin", "America/Los_Angeles"] }),
      "IANA time zone in whose wall clock the schedule is read.",
      { default: "UTC" },
    ),
    missed: key(
      choice("a rule for missed slots", ["none", "latest", "all"]),
      "What happens to slots missed while the service was down or the workflow paused.",
      { default: "latest" },
    ),
    gap: key(
      choice("a rule for the gap of a clock change", ["auto", "run_after", "skip"]),
      "What happens to a local time that does not exist when clocks go forward.",
      { default: "auto" },
    ),
    overlap: key(
      choice("a rule for the overlap of a clock change", ["auto", "once", "twice"]),
      "What happens to a local time that comes twice when clocks go back.",
      { default: "auto" },
    ),
    jitter: key(
      duration("a jitter"),
      "Spreads the starts over this time, the same for every slot of a workflow.",
    ),
    starts: key(instant("an instant"), "The first instant that counts: a date or a timestamp."),
    ends: key(instant("an instant"), "The first instant that no longer counts."),
    signal: key(signalName, "Run when this signal arrives."),
    match: matchKey(),
    if: key(
      expression("an expression"),
      "Run only when this is true of `signal`, or of `signals` with `all`; braces may be left out.",
    ),
    all: key(
      neverEmpty(map("a map of signals", joinedSignal, nameForm("joined signal"))),
      "Run when every one of these signals arrived; a newer one of a name takes the place of an older one.",
    ),
    join: key(
      list("a list of params", text("a param's name")),
      "Params that all the joined signals must have, with equal values.",
    ),
    within: key(duration("a duration"), "How far apart the joined signals may arrive. Default: any time."),
    dedupe: key(
      text("a text with expressions", { expressions: true }),
      "Runs of this workflow with the same text are one run: the first.",
    ),
    workflow: key(text("a workflow's id"), "Run when a run of this workflow ended."),
    on: key(
      choice("an ending", ["succeeded", "failed", "finished"]),
      "Which ending of the other workflow counts.",
      { default: "succeeded" },
    ),
    params: key(valueMap("a map of params"), "Values for the run's params; expressions may use the signal."),
  },
  { oneOf: TRIGGER_KINDS, goesWith: KINDS_OF_TRIGGER_KEY, asksFor: {} },
);

export type TriggerFields = ValueOf<typeof triggerSchema>;

/** A list of triggers, or one alone. */
export const triggersSchema = list("a list of triggers", triggerSchema, { orOne: true });

const runStrategyRule = choice("a run strategy", [
  "sequential",
  "strict_sequential",
  "parallel",
  "first_only",
  "last_only",
  "serial_latest_only",
]);

/** A rule alone, or with its limit; read to one form by the compiler. */
export const runStrategySchema = either("a run strategy", {
  scalar: runStrategyRule,
  map: record(
    "a run strategy",
    {
      rule: key(runStrategyRule, "How runs of this workflow relate to each other.", { required: true }),
      limit: key(number("a limit", { integer: true, min: 1, max: 10_000 }), "Runs at once, for `parallel`."),
    },
    { oneOf: [], goesWith: {}, asksFor: {}, onlyWith: { limit: { key: "rule", value: "parallel" } } },
  ),
});
