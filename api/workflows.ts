import * as z from "zod";
import type { WorkflowDefinition } from "@headwater/workflow";
import { run } from "./runs.js";
import { acted, environment, epochMs, limit, list, shortText } from "./values.js";

/** One workflow of one environment, as it is deployed now. */
export const workflow = z.object({
  project: z.string(),
  environment: z.string(),
  workflow: z.string(),
  path: z.string().meta({ description: "Its file in the repository" }),
  versionId: z.string(),
  versionNumber: z.int(),
  commit: z.string(),
  description: z.string().nullable(),
  owner: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  priority: z.enum(["low", "normal", "high", "critical"]),
  runStrategy: z.object({ rule: z.string(), limit: z.int() }),
  updatedAt: epochMs,
  removedAt: epochMs.nullable(),
  paused: acted
    .nullable()
    .meta({ description: "Who has paused it, so that no run begins; null while it goes on" }),
  pinned: acted.extend({ commit: z.string() }).nullable().meta({
    description: "Who keeps its environment at that commit, whatever is pushed; null when nobody does",
  }),
  nextFireAt: epochMs
    .nullable()
    .meta({ description: "When a schedule starts its next run; null while it is paused" }),
  lastRun: run.nullable(),
});
export type Workflow = z.output<typeof workflow>;

export const schedule = z.object({
  schedule: z.string(),
  timezone: z.string(),
  nextSlotAt: epochMs.nullable().meta({ description: "The next slot, jitter apart" }),
  nextFireAt: epochMs.nullable().meta({ description: "The slot plus the jitter" }),
});

export const workflowDetail = workflow.extend({
  schedules: list(schedule),
  breakpoints: list(acted.extend({ step: z.string(), cleared: acted.nullable() })).meta({
    description:
      "For all its runs, newest first; `cleared` is who has taken one away, null while it is there",
  }),
  pauses: list(acted.extend({ resumed: acted.nullable() })).meta({ description: "The latest, newest first" }),
});

export type WorkflowDetail = z.output<typeof workflowDetail>;

/** Sorted by project, then by workflow. */
export const workflowList = z.object({
  workflows: list(workflow),
  next: z.string().nullable().meta({ description: "Pass it as `after` for the next page; null at the end" }),
});

export const workflowQuery = z.strictObject({
  environment,
  project: shortText.optional(),
  includeRemoved: z.enum(["true", "false"]).default("false"),
  after: shortText.optional(),
  limit,
});

/** Sorted by workflow; one that has not succeeded three times is left out. */
export const usualDurationList = z.object({
  usualDurations: list(
    z.object({
      workflow: z.string(),
      medianMs: z
        .int()
        .meta({ description: "Of runs that succeeded, from beginning to end, waits within included" }),
      runs: z.int().meta({ description: "Of how many runs, the newest; at most 10" }),
    }),
  ),
});

export const usualDurationQuery = z.strictObject({ project: shortText, environment });

export const workflowName = z.strictObject({ project: shortText, workflow: shortText });
export const environmentQuery = z.strictObject({ environment });

export const unblocking = z.strictObject({
  by: z.string().min(1).max(200).default("api"),
  reason: z.string().max(1000).default("").meta({ description: "Why; it is kept with the run" }),
});

export const pausing = z.strictObject({
  by: z.string().min(1).max(200).default("api"),
  reason: z.string().max(1000).default("").meta({ description: "Why; it is kept with the workflow" }),
});

export const breakpointOfWorkflow = pausing.extend({
  step: shortText.meta({ description: "A step in all its iterations, such as `load.copy`" }),
});

export const version = z.object({
  id: z.string(),
  project: z.string(),
  workflow: z.string(),
  number: z.int(),
  fingerprint: z.string(),
  commit: z.string().meta({ description: "The commit that first had it" }),
  createdAt: epochMs,
});
export type Version = z.output<typeof version>;

/** Newest first. */
export const versionList = z.object({ versions: list(version) });

export const versionDetail = version.extend({
  definition: z
    .custom<WorkflowDefinition>((value) => typeof value === "object" && value !== null)
    .meta({ type: "object", description: "The compiled, canonical workflow" }),
});

export const versionId = z.strictObject({ id: shortText });
