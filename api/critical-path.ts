import * as z from "zod";
import { environment, epochMs, list } from "./values.js";

/** What a stretch of time of a run went to. */
export const timeKind = z.enum([
  "schedule",
  "turn",
  "pause",
  "signal",
  "approval",
  "place",
  "worker",
  "slot",
  "permit",
  "starting",
  "retry",
  "sleep",
  "run",
  "execution",
  "idle",
]);
export type TimeKind = z.output<typeof timeKind>;

const spent = z.partialRecord(timeKind, z.int().min(0)).meta({ description: "Milliseconds of each kind" });

const span = z.object({ kind: timeKind, from: epochMs, to: epochMs });

/** Which steps determined when a run ended, and where its time went. */
export const criticalPath = z.object({
  from: epochMs.meta({ description: "When the run was asked for; of a schedule, the slot" }),
  to: epochMs.meta({ description: "When it ended; now, while it goes on" }),
  spent: spent.meta({ description: "Milliseconds of each kind; together all of the time" }),
  parts: list(
    z.object({
      path: z.string().nullable().meta({ description: "The step; null for the run itself" }),
      from: epochMs,
      to: epochMs,
      spent,
      spans: list(span).meta({ description: "In order; none of a part that stands for many steps" }),
      count: z.int().min(1).meta({
        description:
          "How many step instances it stands for: of a loop with more on the path than are told one by one",
      }),
    }),
  ).meta({ description: "The path, one part after the other, without gaps" }),
  steps: list(
    z.object({
      path: z.string(),
      from: epochMs.meta({ description: "When all that it needs had ended" }),
      to: epochMs,
      spans: list(span).meta({
        description: "What it did with its time; of a loop one span for all of its iterations",
      }),
      isOnPath: z.boolean(),
    }),
  ).meta({
    description:
      "Every step of the workflow that has begun in this attempt of the run, by when it could begin",
  }),
});
export type CriticalPath = z.output<typeof criticalPath>;

export const criticalPathQuery = z.strictObject({ environment });
