import * as z from "zod";
import { runStatus } from "./runs.js";
import { environment, epochMs, json, jsonObject, limit, list, shortText } from "./values.js";

const count = z.int().min(0);

const acted = z.object({ by: z.string(), reason: z.string(), at: epochMs });

/** Runs for slots of the past, or for many params. */
export const backfill = z.object({
  id: z.string(),
  requestId: z.string().nullable().meta({ description: "As it was asked for" }),
  project: z.string(),
  environment: z.string(),
  workflow: z.string(),
  status: z.enum(["running", "paused", "canceling", "canceled", "finished"]),
  of: z.enum(["slots", "combinations", "list"]).meta({ description: "What it has a run for each of" }),
  from: epochMs.nullable().meta({ description: "Of slots: none before it" }),
  before: epochMs.nullable().meta({ description: "Of slots: all before it" }),
  timezone: z.string().nullable().meta({
    description:
      "Of slots: that of the first schedule, in which its days are; null of one of before this was kept",
  }),
  order: z.enum(["oldest", "newest"]),
  maxParallel: z.int(),
  overlap: z
    .boolean()
    .meta({ description: "Its runs go beside all others of the workflow, whatever its run strategy says" }),
  redo: z.boolean(),
  version: z.enum(["now", "then", "commit", "branch"]),
  branch: z
    .string()
    .nullable()
    .meta({ description: "That the commit was the head of, where it need not be deployed" }),
  versionId: z
    .string()
    .nullable()
    .meta({ description: "Of all its runs; null where each has that of its slot" }),
  commit: z.string().nullable(),
  total: count,
  skipped: count.meta({
    description: "Passed over so far, because a run for the same slot had succeeded or went on",
  }),
  waiting: count.meta({ description: "How many are still to be made or passed over" }),
  counts: z.partialRecord(runStatus, z.int()).meta({ description: "Its runs by status" }),
  endsAt: epochMs.nullable().meta({
    description:
      "When it should have ended, as long as its runs take; null when nobody knows or nothing goes on",
  }),
  by: z.string(),
  reason: z.string(),
  createdAt: epochMs,
  changed: acted.nullable().meta({ description: "Who has paused, resumed, canceled or retried it last" }),
  endedAt: epochMs.nullable(),
});
export type Backfill = z.output<typeof backfill>;

/** Newest first. */
export const backfillList = z.object({
  backfills: list(backfill),
  next: z.string().nullable().meta({ description: "Pass it as `before` for the next page; null at the end" }),
});

export const backfillQuery = z.strictObject({
  environment,
  project: shortText.optional(),
  workflow: shortText.optional(),
  before: shortText.optional(),
  limit,
});

export const backfillId = z.strictObject({ id: shortText });

const range = z
  .strictObject({
    from: z.union([z.string(), z.number()]),
    to: z.union([z.string(), z.number()]),
    step: z.int().min(1).optional(),
  })
  .meta({ description: "From a date or a whole number to another, both included, by so many" });

/** Which runs: `from` and `to`, `choices`, or `list`. */
export const newBackfill = z.strictObject({
  project: shortText,
  workflow: shortText,
  environment,
  from: shortText
    .optional()
    .meta({ description: "A date, whose day begins in the time zone of the first schedule, or an instant" }),
  to: shortText.optional().meta({ description: "The last day, or the last instant; both are included" }),
  params: jsonObject.default({}).meta({ description: "With slots: in the place of what the schedule gives" }),
  choices: z
    .record(z.string(), z.union([z.array(json), range]))
    .optional()
    .meta({ description: "Values of params: a run for each combination" }),
  list: z.array(jsonObject).max(10_000).optional().meta({ description: "Params of each run" }),
  order: z.enum(["oldest", "newest"]).default("oldest"),
  maxParallel: z.int().min(1).optional().meta({
    description: "How many of its runs may be queued or going; default: as the run strategy says, at most 4",
  }),
  overlap: z.boolean().default(false),
  redo: z.boolean().default(false).meta({ description: "Also slots whose run has succeeded or goes on" }),
  version: z
    .union([
      z.enum(["now", "then"]),
      z.strictObject({ commit: shortText }),
      z.strictObject({ branch: shortText }),
    ])
    .default("now")
    .meta({
      description:
        "What is deployed now, what was at each slot, what was at a commit, or what the head of a branch has that `backfills_from` of the environment allows",
    }),
  requestId: z.string().min(1).max(200).optional().meta({
    description: "The same one begins one backfill of the workflow, however often it is sent",
  }),
  by: z.string().min(1).max(200).default("api"),
  reason: z.string().max(1000).default(""),
});

export const previewOfBackfill = newBackfill.extend({
  after: z.int().min(0).default(0),
  limit: z.int().min(1).max(1000).default(50),
});

/** What a backfill would do: nothing is made. */
export const backfillPreview = z.object({
  total: count,
  skipped: count.meta({ description: "How many of them it would pass over now" }),
  maxParallel: z.int(),
  items: list(
    z.object({
      position: count,
      slotAt: epochMs.nullable(),
      timezone: z.string().nullable().meta({ description: "Of the schedule that has the slot" }),
      params: jsonObject,
      versionId: z.string().nullable().meta({ description: "Null for one that is passed over" }),
      problem: z.string().nullable().meta({ description: "Why the run would fail at once" }),
      existing: z
        .object({ run: z.string(), status: runStatus })
        .nullable()
        .meta({ description: "A run for the same slot" }),
      isSkipped: z.boolean(),
      isPending: z.boolean().meta({
        description:
          "It is passed over because its schedule is still to decide about the slot: its jitter is not over, or the workflow is paused",
      }),
    }),
  ),
  next: z.int().nullable().meta({ description: "Pass it as `after` for the next part; null at the end" }),
});
export type BackfillPreview = z.output<typeof backfillPreview>;

export const backfillAction = z.strictObject({
  action: z.enum(["pause", "resume", "cancel", "retry"]),
  by: z.string().min(1).max(200).default("api"),
  reason: z.string().max(1000).default(""),
});
