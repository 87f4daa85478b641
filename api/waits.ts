import * as z from "zod";
import { run } from "./runs.js";
import { environment, epochMs, limit, list, shortText } from "./values.js";

const count = z.int().min(0);

const lack = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slots"), pool: z.string(), busy: count, slots: count }),
  z.object({ kind: z.literal("backfill_slots"), pool: z.string(), busy: count, slots: count }),
  z
    .object({ kind: z.literal("pool"), pool: z.string() })
    .meta({ description: "The service has no such pool" }),
  z.object({
    kind: z.literal("permit"),
    permit: z.string(),
    held: count,
    limit: count,
    isSet: z.boolean().meta({ description: "False: nobody has set the limit, so that it is 1" }),
    isKept: z.boolean().meta({ description: "What is free is kept for one that has waited longer" }),
  }),
  z.object({ kind: z.literal("places"), runId: z.string(), held: count, limit: count }),
]);

const share = z.object({ used: z.number(), due: z.number() });

/** What one step waits for, or many instances of it in the same way. */
export const wait = z.object({
  step: z.string().meta({ description: "Without iterations: `load.copy`" }),
  path: z.string().meta({ description: "The first instance: `load[3].copy`" }),
  on: z.enum([
    "needs",
    "place",
    "signal",
    "approval",
    "pause",
    "worker",
    "retry",
    "sleep",
    "run",
    "iterations",
    "nothing",
  ]),
  count: count.meta({ description: "How many wait like that" }),
  since: epochMs.nullable().meta({ description: "Since when the one that has waited longest does" }),
  reason: z.string().meta({ description: "In words, of the first instance" }),
  ends: z.string().nullable().meta({
    description: "What ends it, in words, and with which command sooner; null for what executes",
  }),
  capacity: z
    .object({
      lacks: list(lack).meta({ description: "Everything that is not free" }),
      ahead: count.meta({ description: "Attempts of the same owner that come before it" }),
      owner: z.string(),
      share: share
        .nullable()
        .meta({ description: "What the owner holds of the pool's slots, and what is its share; 0 to 1" }),
    })
    .nullable()
    .meta({ description: "Of an attempt that is queued" }),
});
export type Wait = z.output<typeof wait>;

export const explanation = z.object({
  run: run.meta({ description: "Its `reason` says why it has not begun, when it is queued" }),
  waits: list(wait),
  next: z.int().nullable().meta({ description: "Pass it as `after` for the next page; null at the end" }),
});

export const explanationQuery = z.strictObject({
  environment,
  step: shortText.optional().meta({
    description: "`load[3].copy`, or `load.copy` for each of its iterations. Default: all steps, in groups",
  }),
  after: z.coerce.number<number | string>().int().min(0).default(0),
  limit,
});
