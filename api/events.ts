import * as z from "zod";

/** Something that people watch has changed. The stream says what; the other routes say how it now is. */
export const change = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("run"),
    runId: z.string(),
    project: z.string(),
    workflow: z.string(),
    number: z.int(),
    status: z.string(),
  }),
  z.object({
    kind: z.literal("step"),
    runId: z.string(),
    path: z.string(),
    status: z.string(),
    attempt: z.int(),
  }),
  z.object({
    kind: z.literal("deployment"),
    repositoryId: z.string(),
    project: z.string().nullable(),
    commit: z.string(),
    status: z.string(),
  }),
  z.object({ kind: z.literal("repository"), repositoryId: z.string() }),
  z.object({
    kind: z.literal("workflow"),
    project: z.string(),
    environment: z.string(),
    workflow: z.string(),
    status: z.string().meta({ description: "`paused`, or `active` again" }),
  }),
  z.object({
    kind: z.literal("backfill"),
    backfillId: z.string(),
    project: z.string(),
    environment: z.string(),
    workflow: z.string(),
    status: z.string().meta({ description: "Of the backfill; it may have made runs, and have kept it" }),
  }),
]);
export type ChangeEvent = z.output<typeof change>;

/** `reset`: the stream begins here, or too much was missed to catch up; load everything anew. */
export type ServiceEvent =
  | { readonly kind: "change"; readonly id: string; readonly change: ChangeEvent }
  | { readonly kind: "reset" };
