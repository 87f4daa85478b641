import * as z from "zod";
import { environment, epochMs, jsonObject, limit, list, shortText } from "./values.js";

/** The name of a signal, as senders give it. */
export const signalName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z][A-Za-z0-9._-]*$/)
  .meta({ description: "A name such as `warehouse.table-updated`" });

export const newSignal = z.strictObject({
  signal: signalName,
  params: jsonObject.default({}),
  environment: environment.meta({ description: "What of it listens there, and nothing else, hears it" }),
  key: z.string().min(1).max(200).optional().meta({
    description:
      "The same one of the same signal is recorded once in an environment, however often it is sent, and refused with other params",
  }),
});

export const signalAudience = z.object({
  triggers: z.int().meta({
    description:
      "Workflows of the environment of which a trigger may start a run: the name is its own, and its match holds; of more than ten, what must be equal is. Counted up to 100",
  }),
  gates: z.int().meta({
    description:
      "Workflows of the environment with a step that waits for a signal of that name. Counted up to 100",
  }),
  note: z.string().nullable().meta({
    description: "Why nobody hears it, and what may have been meant; null when somebody does",
  }),
});
export type SignalAudience = z.output<typeof signalAudience>;

export const recordedSignal = z.object({
  id: z.int(),
  isNew: z
    .boolean()
    .meta({ description: "False when a signal with that key was recorded before: this is its id" }),
});

/** A signal that was recorded and is still kept. */
export const signal = z.object({
  id: z.int().meta({ description: "In the order in which signals were recorded" }),
  signal: z.string(),
  params: jsonObject,
  environment: z.string().meta({ description: "Where it is heard: that of the run, or as it was sent" }),
  key: z
    .string()
    .nullable()
    .meta({ description: "What it was sent with, so that it counts once; null when without, or by a run" }),
  runId: z
    .string()
    .nullable()
    .meta({ description: "The run that emitted it; null when it came from outside" }),
  at: epochMs,
  isMatched: z
    .boolean()
    .meta({ description: "Its triggers have been asked; false for a moment after it came" }),
});
export type Signal = z.output<typeof signal>;

/** Newest first. */
export const signalList = z.object({
  signals: list(signal),
  next: z.string().nullable().meta({ description: "Pass it as `before` for the next page; null at the end" }),
});

export const webhookName = z.strictObject({
  project: shortText,
  webhook: shortText.meta({ description: "Its name in `headwater.yaml`" }),
});

/** A signal that was sent, and who hears it as it is deployed. */
export const sentSignal = recordedSignal.extend({ heard: signalAudience });

/** What a request to a webhook was recorded as, in the order of its items, and who hears any of them. */
export const receivedSignals = z.object({ signals: list(recordedSignal), heard: signalAudience });

const instant = z.coerce.number<number | string>().int().min(0);

export const signalQuery = z.strictObject({
  signal: signalName.optional(),
  environment: shortText.optional().meta({ description: "Default: all" }),
  since: instant.optional().meta({ description: "Recorded at this instant or later, epoch milliseconds" }),
  until: instant.optional().meta({ description: "Recorded before this instant, epoch milliseconds" }),
  before: z
    .string()
    .regex(/^\d{1,15}\.\d{1,15}$/)
    .optional()
    .meta({ description: "The `next` of the page before" }),
  limit,
});
