import * as z from "zod";
import { actionName } from "./run-actions.js";
import { environment, epochMs, jsonObject, limit, list, shortText } from "./values.js";

export const runStatus = z.enum([
  "queued",
  "running",
  "succeeded",
  "failed",
  "timed_out",
  "canceled",
  "superseded",
]);
export type RunStatusName = z.output<typeof runStatus>;

export const stepStatus = z.enum([
  "waiting",
  "paused",
  "waiting_for_signal",
  "queued",
  "starting",
  "running",
  "retrying",
  "succeeded",
  "failed",
  "timed_out",
  "canceled",
  "skipped",
  "upstream_failed",
  "ignored_failure",
]);

export const jobCounts = z.partialRecord(stepStatus, z.int()).meta({
  description:
    "How many jobs are in which status; one that none has is left out. A job is an instance of a step without steps of its own",
});
export type JobCounts = z.output<typeof jobCounts>;

const startingSignal = z.object({ signal: z.string(), signalId: z.int(), params: jsonObject });

/** What started a run. */
export const runTrigger = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("manual"), by: z.string() }),
  z.object({ kind: z.literal("schedule"), schedule: z.string(), slotAt: epochMs }),
  startingSignal.extend({ kind: z.literal("signal") }),
  z.object({
    kind: z.literal("all"),
    signals: z
      .record(z.string(), startingSignal)
      .meta({ description: "By the names that the trigger gives them" }),
  }),
  z.object({ kind: z.literal("workflow"), workflow: z.string(), runId: z.string() }),
  z
    .object({
      kind: z.literal("step"),
      runId: z.string(),
      path: z.string(),
      attempt: z.int(),
      backfillId: z.string().optional().meta({ description: "The backfill that the run of the step is of" }),
    })
    .meta({ description: "A step of another run, which may wait for this one" }),
  z.object({
    kind: z.literal("backfill"),
    backfillId: z.string(),
    by: z.string(),
    slotAt: epochMs.nullable().meta({ description: "The slot that it makes up for; null without one" }),
  }),
]);

export const run = z.object({
  id: z.string(),
  name: z.string().meta({ description: "`project/workflow#number`, what people type" }),
  project: z.string(),
  environment: z.string(),
  workflow: z.string(),
  number: z.int(),
  attempt: z.int().meta({ description: "1, and one more with each restart" }),
  versionId: z.string(),
  commit: z.string(),
  trigger: runTrigger,
  params: jsonObject,
  status: runStatus,
  reason: z.string().nullable(),
  scheduledAt: epochMs,
  createdAt: epochMs,
  startedAt: epochMs.nullable(),
  endedAt: epochMs.nullable(),
  dueAt: epochMs.nullable().meta({
    description: "By when it should have ended, as `expect` said when it was created; null for any time",
  }),
  lateAt: epochMs.nullable().meta({ description: "When it turned out to be late; null while it is not" }),
  outputs: jsonObject
    .nullable()
    .meta({ description: "What the workflow declares; null before it has succeeded" }),
  jobs: jobCounts.meta({
    description:
      "Its jobs by status, through all loops and through the runs that its steps have started; empty before it has begun",
  }),
  isPaused: z.boolean().meta({ description: "True while somebody has paused it: nothing more of it begins" }),
  actions: list(actionName).meta({ description: "What may be done to it now" }),
});
export type Run = z.output<typeof run>;

/** Newest first. */
export const runList = z.object({
  runs: list(run),
  next: z.string().nullable().meta({ description: "Pass it as `before` for the next page; null at the end" }),
  historyBegin: epochMs.nullable().meta({
    description:
      "At the end: when the latest run ended that was thrown away for its age, so that older ones are missing; null while all are there",
  }),
});

export const runQuery = z.strictObject({
  environment,
  project: shortText.optional(),
  workflow: shortText.optional(),
  status: runStatus.optional(),
  backfill: shortText.optional().meta({ description: "The id of a backfill: its runs only" }),
  before: shortText.optional(),
  limit,
});

export const newRun = z.strictObject({
  params: jsonObject.default({}),
  requestId: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "The same one starts one run, however often it is sent" }),
  by: z.string().min(1).max(200).default("api").meta({ description: "Who asks, in their own words" }),
});

export const runId = z.strictObject({
  id: shortText.meta({ description: "A run's id, or `project/workflow#number`, percent-encoded" }),
});

export const cancellation = z.strictObject({
  reason: z.string().max(1000).default("no reason given"),
  by: z.string().min(1).max(200).default("api"),
});

export const approvalAnswer = z.strictObject({
  path: shortText.meta({ description: "The step that waits for approval; inside a loop `load[3].check`" }),
  approved: z.boolean().meta({ description: "False rejects: the step fails" }),
  comment: z.string().max(1000).default(""),
  by: z.string().min(1).max(200).default("api").meta({ description: "Who answers: one of the approvers" }),
});

/** One step of a run; inside a foreach its path is like `load[3].copy`. */
export const step = z.object({
  position: z.int().meta({ description: "In order of first change; the key for `after`" }),
  path: z.string(),
  kind: z.string(),
  labels: z
    .record(z.string(), z.string())
    .meta({ description: "Those that the step has in its workflow now" }),
  status: stepStatus,
  attempt: z.int().meta({ description: "0 before the first attempt" }),
  queuedAt: epochMs.nullable(),
  startedAt: epochMs.nullable(),
  endedAt: epochMs.nullable(),
  reason: z
    .string()
    .nullable()
    .meta({ description: "Why it waits, was skipped or failed; or why the attempt before failed" }),
  outputs: jsonObject.nullable(),
  iterations: z
    .object({
      total: z.int(),
      running: z.int(),
      succeeded: z.int(),
      failed: z.int(),
      skipped: z.int(),
    })
    .nullable(),
  jobs: jobCounts.nullable().meta({
    description:
      "Of a loop, or of a step that has started a run: the jobs within it by status, through all levels",
  }),
  startedRun: z.string().nullable().meta({
    description:
      "The id of the run of another workflow that the step has started, whose jobs count in its place",
  }),
  runAttempt: z.int().nullable().meta({
    description: "The attempt of the run in which it last changed; a lower one than the run's: it was kept",
  }),
  actions: list(actionName).meta({ description: "What may be done to it now" }),
});
export type Step = z.output<typeof step>;

export const stepList = z.object({
  steps: list(step),
  next: z.int().nullable().meta({ description: "Pass it as `after` for the next page; null at the end" }),
});

/** `failed,timed_out`: one of several. */
const stepStatuses = z
  .string()
  .transform((text) => text.split(",").map((status) => status.trim()))
  .pipe(z.array(stepStatus))
  .meta({ description: "Only steps with one of these statuses, with commas between" });

export const stepQuery = z.strictObject({
  environment,
  path: shortText.optional(),
  status: stepStatuses.optional(),
  loop: z
    .string()
    .max(2000)
    .optional()
    .meta({ description: "Only steps of the iterations of this loop, such as `load`; empty: of no loop" }),
  after: z.coerce.number<number | string>().int().min(0).optional(),
  limit,
});

export const logLine = z.object({
  at: epochMs.nullable().meta({ description: "Null for a line that a crash cut" }),
  stream: z.enum(["out", "err", "sys"]).meta({ description: "`sys`: what Headwater itself says" }),
  text: z.string(),
});
export type LogLine = z.output<typeof logLine>;

export const logPage = z.object({
  lines: list(logLine),
  nextOffset: z.int().meta({ description: "Bytes; pass it as `offset` to read on" }),
  ended: z.boolean().meta({ description: "True when the attempt has ended and all of its log was read" }),
});

export const logQuery = z.strictObject({
  environment,
  path: shortText,
  attempt: z.coerce
    .number<number | string>()
    .int()
    .min(1)
    .optional()
    .meta({ description: "Default: the latest" }),
  offset: z.coerce.number<number | string>().int().min(0).default(0),
  tail: z.coerce
    .number<number | string>()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: "The last so many lines that are whole, whatever the offset; of half a megabyte" }),
});
