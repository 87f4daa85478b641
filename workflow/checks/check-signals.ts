import { compileValue, jsonOf } from "../compile/compile-value.js";
import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import { matchConditions } from "../schema/match-operators.js";
import type { StepFields } from "../schema/step-schema.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { inferType } from "../types/infer-type.js";
import type { ExpressionType } from "../expressions/type-scope.js";
import type { Json } from "../types/json.js";
import { checkSignalParams } from "./check-signal-params.js";
import type { CheckedFile, EmittedSignal } from "./checked-file.js";
import { circlesOf, type Edge } from "./circles.js";

/** What the steps of a file emit; the expressions in it by their types. */
export function emittedBy(
  fields: StepFields,
  typeOf: (source: string) => ExpressionType,
): readonly EmittedSignal[] {
  return itemsOf(fields.emit).flatMap(({ value: { signal, params } }) => {
    if (signal === undefined) return [];
    const literals = literalsOf(itemsOf(params));
    const types = typesOf(itemsOf(params), typeOf);
    return [{ signal, literals, types, isConditional: fields.if !== undefined }];
  });
}

function typesOf(
  params: readonly MapItem<SyntaxNode>[],
  typeOf: (source: string) => ExpressionType,
): ReadonlyMap<string, ExpressionType> {
  return new Map(
    params.map(({ key, value }) => {
      const compiled = compileValue(value.node);
      if (compiled.kind === "literal") return [key, inferType(compiled.value)] as const;
      if (compiled.kind === "text") return [key, { name: "string" }] as const;
      return [key, compiled.kind === "expression" ? typeOf(compiled.source) : { name: "any" }] as const;
    }),
  );
}

function literalsOf(params: readonly MapItem<SyntaxNode>[]): ReadonlyMap<string, Json> {
  return new Map(
    params.flatMap(({ key, value }) => {
      const compiled = compileValue(value.node);
      return compiled.kind === "literal" ? [[key, compiled.value] as const] : [];
    }),
  );
}

/** Signals across the files of a project: heard by somebody who knows what they carry, one writer a table, and no circle of runs. */
export function checkSignals(files: readonly CheckedFile[]): readonly Diagnostic[] {
  return [...neverHeard(files), ...checkSignalParams(files), ...twoWriters(files), ...triggerCircles(files)];
}

function neverHeard(files: readonly CheckedFile[]): readonly Diagnostic[] {
  const heard = new Set(
    files.flatMap(({ fields }) => [
      ...triggersOf(fields.triggers),
      ...fields.waits.map(({ value }) => value),
    ]),
  );
  return files.flatMap(({ path, fields }) => {
    const { report, diagnostics } = collectFindings(path);
    for (const { signal } of fields.emits) {
      if (heard.has(signal.value)) continue;
      const message = `No trigger and no gate of this project hears "${signal.value}": only others may`;
      report({ code: "signal-never-heard", message, range: signal.range });
    }
    return diagnostics;
  });
}

function triggersOf(triggers: CheckedFile["fields"]["triggers"]): readonly string[] {
  return itemsOf(triggers).flatMap(({ value: { signal, all } }) => [
    ...(signal === undefined ? [] : [signal.value]),
    ...itemsOf(all).flatMap(({ value }) => value.value.signal?.value ?? []),
  ]);
}

interface Writer {
  readonly path: string;
  readonly workflow: string;
  readonly range: TextRange;
}

function twoWriters(files: readonly CheckedFile[]): readonly Diagnostic[] {
  const byTable = new Map<string, Writer[]>();
  for (const { path, fields } of files) {
    for (const { signal, literals } of fields.emits) {
      const table = literals.get("table");
      if (typeof table !== "string") continue;
      const key = `${signal.value}\n${table}`;
      const writers = byTable.get(key) ?? [];
      writers.push({ path, workflow: fields.workflow?.value ?? path, range: signal.range });
      byTable.set(key, writers);
    }
  }
  return [...byTable].flatMap(([key, writers]) => reportWriters(key.split("\n")[1] ?? "", writers));
}

function reportWriters(table: string, writers: readonly Writer[]): readonly Diagnostic[] {
  const workflows = new Set(writers.map(({ workflow }) => workflow));
  if (workflows.size < 2) return [];
  return writers.flatMap((writer) => {
    const other = writers.find(({ workflow }) => workflow !== writer.workflow);
    if (other === undefined) return [];
    const { report, diagnostics } = collectFindings(writer.path);
    report({
      code: "two-writers",
      message: `Workflow "${other.workflow}" says too that it has updated "${table}": who hears of it cannot tell which of the two is done`,
      range: writer.range,
      related: [{ message: `"${other.workflow}" emits it here`, file: other.path, range: other.range }],
    });
    return diagnostics;
  });
}

interface TriggerEdge extends Edge<string> {
  readonly how: string;
  readonly path: string;
  readonly range: TextRange;
}

/** Only circles that are certain: a condition, or a param that is computed, may end them. */
function triggerCircles(files: readonly CheckedFile[]): readonly Diagnostic[] {
  const edges = triggerEdges(files);
  return circlesOf(edges.keys(), (id) => edges.get(id) ?? []).flatMap((circle) => {
    const last = circle.at(-1);
    if (last === undefined) return [];
    const { report, diagnostics } = collectFindings(last.edge.path);
    const way = circle.map(({ from, edge }) => `"${from}" ${edge.how} "${edge.to}"`).join(", ");
    report({
      code: "trigger-cycle",
      message: `Runs of these workflows start each other without end: ${way}`,
      range: last.edge.range,
      related: circle.map(({ edge }) => ({
        message: `starts "${edge.to}"`,
        file: edge.path,
        range: edge.range,
      })),
    });
    return diagnostics;
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
