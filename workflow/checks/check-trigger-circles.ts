import { jsonOf } from "../compile/compile-value.js";
import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { itemsOf } from "../schema/field-value.js";
import { matchConditions } from "../schema/match-operators.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { CheckedFile, EmittedSignal } from "./checked-file.js";
import { reportCircles, type WrittenEdge } from "./report-circles.js";

interface TriggerEdge extends WrittenEdge {
  readonly how: string;
}

/** Runs start each other without end. Only circles that are certain: a condition, or a param that is computed, may end them. */
export function checkTriggerCircles(files: readonly CheckedFile[]): readonly Diagnostic[] {
  return reportCircles(triggerEdges(files), {
    code: "trigger-cycle",
    message: (circle) => {
      const way = circle.map(({ from, edge }) => `"${from}" ${edge.how} "${edge.to}"`).join(", ");
      return `Runs of these workflows start each other without end: ${way}`;
    },
    related: ({ to }) => `starts "${to}"`,
  });
}

function triggerEdges(files: readonly CheckedFile[]): ReadonlyMap<string, readonly TriggerEdge[]> {
  const emitters = emittersOf(files);
  const edges = new Map<string, TriggerEdge[]>();
  for (const { path, fields } of files) {
    for (const { value } of itemsOf(fields.triggers)) {
      for (const { from, ...way } of waysInto(value, emitters)) {
        const known = edges.get(from) ?? [];
        known.push({ to: fields.workflow?.value ?? "", path, ...way });
        edges.set(from, known);
      }
    }
  }
  return edges;
}

type Emitters = ReadonlyMap<string, readonly { readonly id: string; readonly emitted: EmittedSignal }[]>;

function emittersOf(files: readonly CheckedFile[]): Emitters {
  const emitters = new Map<string, { readonly id: string; readonly emitted: EmittedSignal }[]>();
  for (const { fields } of files) {
    for (const emitted of fields.workflow === undefined ? [] : fields.emits) {
      const known = emitters.get(emitted.signal.value) ?? [];
      known.push({ id: fields.workflow?.value ?? "", emitted });
      emitters.set(emitted.signal.value, known);
    }
  }
  return emitters;
}

interface WayInto {
  readonly from: string;
  readonly how: string;
  readonly range: TextRange;
}

/** The workflows whose runs certainly set off a trigger. */
function waysInto(trigger: TriggerFields, emitters: Emitters): readonly WayInto[] {
  const { signal, workflow, on, all } = trigger;
  if (workflow !== undefined && on?.value !== "failed")
    return [{ from: workflow.value, how: "is followed by", range: workflow.range }];
  if (all !== undefined) return waysIntoJoined(trigger, all, emitters);
  if (signal === undefined) return [];
  return (emitters.get(signal.value) ?? [])
    .filter(({ emitted }) => certainlyHears(trigger, emitted))
    .map(({ id, emitted }) => ({
      from: id,
      how: `emits "${emitted.signal.value}" to`,
      range: signal.range,
    }));
}

/** Of joined signals only a workflow that emits all of them is certain, with equal literals for what must be equal. */
function waysIntoJoined(
  { if: condition, dedupe, join }: TriggerFields,
  all: NonNullable<TriggerFields["all"]>,
  emitters: Emitters,
): readonly WayInto[] {
  const heard = all.value.map(({ value: { value } }) => {
    const trigger = { ...value, ...(condition && { if: condition }), ...(dedupe && { dedupe }) };
    const known = emitters.get(value.signal?.value ?? "") ?? [];
    return new Map(
      known.flatMap(({ id, emitted }) =>
        certainlyHears(trigger, emitted) ? [[id, emitted.literals] as const] : [],
      ),
    );
  });
  const params = itemsOf(join).map(({ value }) => value);
  return [...(heard[0]?.keys() ?? [])].flatMap((id) => {
    const literals = heard.map((emitted) => emitted.get(id));
    return literals.every((one) => one !== undefined) && areEqual(literals, params)
      ? [{ from: id, how: "emits all the signals of", range: all.keyRange }]
      : [];
  });
}

function areEqual(signals: readonly EmittedSignal["literals"][], params: readonly string[]): boolean {
  return params.every((param) => {
    const value = signals[0]?.get(param);
    return value !== undefined && signals.every((literals) => literals.get(param) === value);
  });
}

/** A trigger without a condition, of which every match is an equal literal. */
function certainlyHears(
  { match, if: condition, dedupe }: Pick<TriggerFields, "match" | "if" | "dedupe">,
  { literals, isConditional }: EmittedSignal,
): boolean {
  if (condition !== undefined || dedupe !== undefined || isConditional) return false;
  return matchConditions(match).every(
    ({ param, operator, node }) => operator === "eq" && literals.get(param) === jsonOf(node),
  );
}
