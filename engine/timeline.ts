import { ENDED_STEP_STATUSES } from "@headwater/workflow";
import type { Decision } from "./decide.js";
import type { RunEvent, StepPath } from "./event.js";
import type { Action } from "./operations/action.js";
import type { RunStatus } from "./run-status.js";
import type { StepStatus } from "./step-status.js";

/** What an event led to that it does not say itself: kept beside it in the journal, for people; nothing is decided by it. */
export interface EventOutcome {
  /** Steps that were held up, or ended, each with why. */
  readonly steps: readonly {
    readonly path: StepPath;
    readonly status: StepStatus;
    readonly reason: string | null;
  }[];
  /** Set when the run ended. */
  readonly end: { readonly status: RunStatus; readonly reason: string | null } | null;
  /** Set when the run turned out to be late: by when it should have ended, epoch milliseconds. */
  readonly dueAt: number | null;
}

/** One line of the timeline of a run: what happened, to which step, who did it and why. */
export interface TimelineLine {
  /** Null for the whole run. */
  readonly path: StepPath | null;
  /** In words, as `attempt 2 failed` or `paused`. */
  readonly what: string;
  /** Null for what nobody did. */
  readonly by: string | null;
  readonly why: string | null;
}

/** What a decision led to, as far as its event does not say it; null for nothing, which is what most events of a run lead to. */
export function outcomeOfEvent({
  changes,
  effects,
}: Pick<Decision, "changes" | "effects">): EventOutcome | null {
  const steps = changes
    .filter(({ kind, status }) => TOLD.has(status) || (status === "succeeded" && !ATTEMPTED.has(kind)))
    .map(({ path, status, reason }) => ({ path, status, reason }));
  const finish = effects.find((effect) => effect.kind === "finish");
  const late = effects.find((effect) => effect.kind === "late");
  if (steps.length === 0 && finish === undefined && late === undefined) return null;
  const end = finish === undefined ? null : { status: finish.status, reason: finish.reason };
  return { steps, end, dueAt: late?.dueAt ?? null };
}

/** What people read of an event and what it led to, in order; nothing for what only machines care about. */
export function timelineOf(event: RunEvent, outcome: EventOutcome | null): readonly TimelineLine[] {
  const lines = outcome === null ? [] : outcomeLines(outcome);
  if (event.kind === "workflow_breakpoints") return [...breakpointLines(event), ...lines];
  if (event.kind === "recovered") return [...recoveryLines(event), ...lines];
  const own = lineOf(event);
  return own === null ? lines : [own, ...lines];
}

/** What holds a step up, and every end but success. */
const TOLD: ReadonlySet<StepStatus> = new Set<StepStatus>([
  "paused",
  "waiting_for_signal",
  "retrying",
  ...ENDED_STEP_STATUSES.filter((status) => status !== "succeeded"),
]);

/** The success of these is what their attempt reports. */
const ATTEMPTED: ReadonlySet<string> = new Set(["run", "sql", "http", "notebook", "plugin", "noop"]);

function outcomeLines({ steps, end, dueAt }: EventOutcome): readonly TimelineLine[] {
  const told = steps.map(({ path, status, reason }) => line(path, status.replaceAll("_", " "), reason));
  const late = dueAt === null ? [] : [line(null, "late", `it was due ${new Date(dueAt).toISOString()}`)];
  return [...told, ...late, ...(end === null ? [] : [line(null, inWords(end.status), end.reason)])];
}

type BreakpointEvent = Extract<RunEvent, { readonly kind: "workflow_breakpoints" }>;

/** A run that begins is told of all that are set. */
function breakpointLines({ breakpoints, change }: BreakpointEvent): readonly TimelineLine[] {
  if (change === undefined && breakpoints.length === 0)
    return [line(null, "no breakpoints of the workflow any more", null)];
  const changes = change === undefined ? breakpoints.map((one) => ({ ...one, isSet: true })) : [change];
  return changes.map(({ step, isSet, by, reason }) => {
    const what = `breakpoint of the workflow${isSet ? "" : " taken away"}`;
    return { path: step, what, by, why: reason };
  });
}

type RecoveryEvent = Extract<RunEvent, { readonly kind: "recovered" }>;

/** Each attempt that had begun is lost, and its step tried again at once or failed. */
function recoveryLines({ begun }: RecoveryEvent): readonly TimelineLine[] {
  const lost = begun.map(({ path, attempt }) =>
    line(path, `attempt ${attempt} was lost`, "the service restarted while it was running"),
  );
  return [line(null, "went on after a restart of the service", null), ...lost];
}

function lineOf(event: Exclude<RunEvent, BreakpointEvent | RecoveryEvent>): TimelineLine | null {
  if ("attempt" in event) return attemptLine(event);
  switch (event.kind) {
    case "start":
      return line(null, "began", null);
    case "gate_opened":
      return line(event.path, `signal ${event.gate + 1} came`, null);
    case "supersede":
    case "timer":
      return null;
    default:
      return personLine(event);
  }
}

type AttemptEvent = Extract<RunEvent, { readonly attempt: number }>;

function attemptLine(event: AttemptEvent): TimelineLine {
  const { path, attempt } = event;
  switch (event.kind) {
    case "attempt_started":
      return line(path, `attempt ${attempt} began`, null);
    case "attempt_ended": {
      const { result } = event;
      const why = result.status === "failed" ? result.message : null;
      return line(path, `attempt ${attempt} ${result.status}`, why);
    }
    case "run_started":
      return line(path, `started run ${event.runId}`, null);
    case "run_ended":
      return line(path, `its run ${inWords(event.status)}`, event.reason);
    case "cached":
      return line(path, "reused an earlier result", event.from);
  }
}

type PersonEvent = Exclude<
  RunEvent,
  | AttemptEvent
  | BreakpointEvent
  | RecoveryEvent
  | { readonly kind: "start" | "gate_opened" | "supersede" | "timer" }
>;

function personLine(event: PersonEvent): TimelineLine {
  switch (event.kind) {
    case "cancel":
      return { path: null, what: "cancel", by: event.by, why: event.reason };
    case "approve": {
      const what = event.approved ? "approve" : "reject";
      return { path: event.path, what, by: event.by, why: event.comment };
    }
    case "action": {
      const what = actionText(event.action);
      return { path: placeOf(event.action), what, by: event.by, why: event.reason };
    }
    case "parent_paused":
      return { path: null, what: "paused with its parent", by: event.by, why: event.reason };
    case "parent_resumed":
      return { path: null, what: "resumed with its parent", by: event.by, why: event.reason };
  }
}

function placeOf(action: Action): StepPath | null {
  return "step" in action ? action.step : action.path;
}

function actionText(action: Action): string {
  const name = action.name.replaceAll("_", " ");
  if (action.name === "set_max_parallel") return `${name} to ${action.maxParallel}`;
  if (action.name !== "restart") return name;
  const version = action.version === null ? "" : ` with version ${action.version.number}`;
  const params = action.params === null ? "" : " with other params";
  return `${name}${action.from === "step" ? "" : ` from ${action.from}`}${version}${params}`;
}

function inWords(status: RunStatus): string {
  return status.replaceAll("_", " ");
}

function line(path: StepPath | null, what: string, why: string | null): TimelineLine {
  return { path, what, by: null, why };
}
