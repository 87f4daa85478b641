import * as z from "zod";
import { environment, epochMs, jsonObject, limit, list, shortText } from "./values.js";

/** Everything that somebody may do to a run or a step; which of them now, the run and its steps say. */
export const actionName = z.enum([
  "cancel",
  "restart",
  "pause",
  "resume",
  "skip",
  "bypass",
  "retry",
  "approve",
  "set_max_parallel",
  "set_breakpoint",
  "clear_breakpoint",
]);
export type ActionName = z.output<typeof actionName>;

const who = {
  by: z.string().min(1).max(200).default("api").meta({ description: "Who asks, in their own words" }),
  reason: z.string().max(1000).default("").meta({ description: "Why; it is kept with the run" }),
};

const path = shortText.meta({
  description: "A step; inside a loop with its iteration, such as `load[3].copy`",
});
const step = shortText.meta({ description: "A step in all its iterations, such as `load.copy`, or in one" });

/** One action on a run, or with a path on a step of it. */
export const runAction = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("pause"), path: path.optional(), ...who }),
  z.strictObject({ action: z.literal("resume"), path: path.optional(), ...who }),
  z.strictObject({
    action: z.literal("restart"),
    from: z.enum(["beginning", "incomplete"]).default("incomplete"),
    path: shortText
      .optional()
      .meta({ description: "Do this step again, or an iteration (`load[3]`), and what follows from it" }),
    params: jsonObject.default({}).meta({ description: "Params that are to be others; the rest stays" }),
    version: z
      .union([z.literal("latest"), z.int().min(1)])
      .optional()
      .meta({ description: "Another version of the workflow; what did not change keeps what it left" }),
    ...who,
  }),
  z.strictObject({ action: z.literal("skip"), path, outputs: jsonObject.optional(), ...who }),
  z.strictObject({ action: z.literal("bypass"), path, ...who }),
  z.strictObject({ action: z.literal("retry"), path, ...who }),
  z.strictObject({ action: z.literal("set_max_parallel"), path, maxParallel: z.int().min(1), ...who }),
  z.strictObject({ action: z.literal("set_breakpoint"), step, ...who }),
  z.strictObject({ action: z.literal("clear_breakpoint"), step, ...who }),
]);
export type RunAction = z.output<typeof runAction>;

/** What somebody did to a run. */
export const pastAction = z.object({
  seq: z.int().meta({ description: "Its place among all that happened to the run; the key for `after`" }),
  at: epochMs,
  action: z.string(),
  path: z.string().nullable().meta({ description: "The step; null for the whole run" }),
  by: z.string(),
  reason: z.string(),
  details: jsonObject.meta({ description: "What else was said, such as `maxParallel`" }),
});
export type PastAction = z.output<typeof pastAction>;

export const pastActionQuery = z.strictObject({
  environment,
  after: z.coerce.number<number | string>().int().min(0).optional(),
  limit,
});

export const pastActionList = z.object({
  actions: list(pastAction),
  next: z.int().nullable().meta({ description: "Pass it as `after` for the next page; null at the end" }),
});
