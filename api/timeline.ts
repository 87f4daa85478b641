import * as z from "zod";
import { environment, epochMs, limit, list } from "./values.js";

/** One thing that happened to a run. */
export const timelineEntry = z.object({
  seq: z.int().meta({
    description:
      "Its event's place among all that happened to the run; of what was done to its workflow that of the event before",
  }),
  at: epochMs,
  path: z.string().nullable().meta({ description: "The step; null for the whole run" }),
  what: z.string().meta({ description: "In words" }),
  by: z.string().nullable().meta({ description: "Who did it; null for what nobody did" }),
  why: z.string().nullable(),
});
export type TimelineEntry = z.output<typeof timelineEntry>;

export const timelinePage = z.object({
  entries: list(timelineEntry),
  next: z.int().nullable().meta({ description: "Pass it as `after` for the next page; null at the end" }),
});
export type TimelinePage = z.output<typeof timelinePage>;

export const timelineQuery = z.strictObject({
  environment,
  after: z.coerce.number<number | string>().int().min(0).optional(),
  limit,
});
