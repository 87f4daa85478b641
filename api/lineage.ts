import * as z from "zod";
import { runStatus } from "./runs.js";
import { signal, signalName } from "./signals.js";
import { environment, epochMs, json, jsonObject, limit, list, shortText } from "./values.js";

const written = z.record(z.string(), json);

/** Where something that is deployed names a signal. */
export const signalMention = z.object({
  signal: z.string(),
  role: z.enum(["emits", "receives", "starts", "waits"]).meta({
    description:
      "`emits`: a step emits it. `receives`: a webhook records it. `starts`: a trigger starts runs by it. `waits`: a step waits for it",
  }),
  project: z.string(),
  environment: z.string(),
  name: z.string().meta({ description: "The workflow; for `receives` the webhook" }),
  step: z
    .string()
    .nullable()
    .meta({ description: "The dotted path of the step that emits it or waits for it" }),
  params: written.meta({
    description: "What `emits` gives, as it is written: expressions in their braces",
  }),
  match: written.meta({ description: "What `starts` and `waits` ask of its params, as it is written" }),
});
export type SignalMention = z.output<typeof signalMention>;

export const mentionList = z.object({
  mentions: list(signalMention),
  next: z.string().nullable().meta({ description: "Pass it as `after` for the next page; null at the end" }),
});

const params = z
  .string()
  .max(10_000)
  .transform((text, context): Readonly<Record<string, z.output<typeof json>>> => {
    const parsed = jsonObject.safeParse(readJson(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: 'must be a JSON object, such as {"table":"orders"}' });
    return z.NEVER;
  });

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export const mentionQuery = z.strictObject({
  signal: signalName.optional(),
  project: shortText.optional(),
  environment: shortText.optional().meta({ description: "Default: all, since signals know no environment" }),
  params: params.optional().meta({
    description:
      'A JSON object, such as `{"table":"orders"}`: leaves out who says that it is about other values. A page may then hold fewer than `limit`',
  }),
  after: z.string().max(2000).optional().meta({ description: "The `next` of the page before" }),
  limit,
});

const depth = z.coerce
  .number<number | string>()
  .int()
  .min(1)
  .max(50)
  .default(5)
  .meta({ description: "How many links from there, 1 to 50" });

export const lineageQuery = z.strictObject({ environment, depth });

const linkKind = z.enum(["signal", "end", "step"]).meta({
  description:
    "`signal`: one emits what the other hears. `end`: the end of one starts the other. `step`: a step of one runs the other",
});

/** An end of a link between what is deployed. */
export const lineagePlace = z.object({
  project: z.string(),
  environment: z.string(),
  name: z.string(),
  isWebhook: z.boolean().meta({ description: "`name` is that of a webhook, not of a workflow" }),
});
export type LineagePlace = z.output<typeof lineagePlace>;

/** Something that is deployed makes something else act. */
export const declaredLink = z.object({
  from: lineagePlace,
  to: lineagePlace,
  via: linkKind,
  signal: z.string().nullable().meta({ description: "Its name; null where `via` is another" }),
  step: z.string().nullable().meta({
    description:
      "The step of `to` that waits for the signal, or of `from` that runs `to`; null for a trigger",
  }),
  distance: z.int().meta({ description: "1 for what is linked directly" }),
});
export type DeclaredLink = z.output<typeof declaredLink>;

const isCut = z.boolean().meta({ description: "There are more than are told: at most 200 a direction" });

export const declaredLineage = z.object({
  upstream: list(declaredLink),
  downstream: list(declaredLink),
  isCut,
});
export type DeclaredLineage = z.output<typeof declaredLineage>;

/** A run, as far as it must be told where others led to it. */
export const lineageRun = z.object({
  id: z.string(),
  name: z.string(),
  environment: z.string(),
  status: runStatus,
  trigger: z.string().meta({ description: "What started it: `schedule`, `manual`, `signal` and the like" }),
  createdAt: epochMs,
  endedAt: epochMs.nullable(),
});
export type LineageRun = z.output<typeof lineageRun>;

const linkedSignal = signal
  .pick({ id: true, signal: true, params: true })
  .extend({ at: epochMs.nullable().meta({ description: "Null where the signal itself is no longer kept" }) });

/** A run has made another one act. */
export const actualLink = z.object({
  from: lineageRun
    .nullable()
    .meta({ description: "Null for a signal from outside, or where the run is no longer kept" }),
  to: lineageRun,
  via: linkKind,
  signal: linkedSignal.nullable(),
  step: z.string().nullable().meta({
    description:
      "The step of `to` that waited for the signal, or of `from` that has started `to`; null where a trigger did",
  }),
  distance: z.int(),
});
export type ActualLink = z.output<typeof actualLink>;

export const actualLineage = z.object({
  run: lineageRun,
  upstream: list(actualLink),
  downstream: list(actualLink),
  unheard: list(signal).meta({
    description: "What the run itself has emitted and nobody has used, at most 200",
  }),
  isCut,
});
export type ActualLineage = z.output<typeof actualLineage>;

export const signalId = z.strictObject({
  id: z.coerce.number<number | string>().int().min(1).max(Number.MAX_SAFE_INTEGER),
});

export const signalUseQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,15}\..{0,1000}$/)
    .optional()
    .meta({ description: "The `next` of the page before" }),
  limit,
});

/** A run that a signal has started, or let go on. */
export const signalUse = z.object({
  run: lineageRun,
  step: z
    .string()
    .nullable()
    .meta({ description: "The step that waited for it; null where it started the run" }),
});
export type SignalUse = z.output<typeof signalUse>;

export const signalUses = z.object({
  signal,
  emittedBy: lineageRun
    .nullable()
    .meta({ description: "Null for a signal from outside, or where the run is no longer kept" }),
  uses: list(signalUse),
  next: z.string().nullable().meta({ description: "Pass it as `after` for the next page; null at the end" }),
});
export type SignalUses = z.output<typeof signalUses>;
