import { canonicalJson } from "../compile/canonical-json.js";
import { compileValue, typeOfLiteral } from "../compile/compile-value.js";
import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { ExpressionType } from "../expressions/type-scope.js";
import type { Json } from "../types/json.js";
import { checkSignalParams } from "./check-signal-params.js";
import type { CheckedFile, EmittedSignal } from "./checked-file.js";
import { checkMatchedLists } from "./match-lists.js";
import { checkTriggerCircles } from "./check-trigger-circles.js";

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
      if (compiled.kind === "literal") return [key, typeOfLiteral(compiled)] as const;
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
export function checkSignals(
  files: readonly CheckedFile[],
  library: ExpressionLibrary,
): readonly Diagnostic[] {
  return [
    ...neverHeard(files),
    ...checkSignalParams(files, library),
    ...checkMatchedLists(files),
    ...twoWriters(files),
    ...checkTriggerCircles(files),
  ];
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
  readonly literals: EmittedSignal["literals"];
}

function twoWriters(files: readonly CheckedFile[]): readonly Diagnostic[] {
  const byTable = new Map<string, Writer[]>();
  for (const { path, fields } of files) {
    for (const { signal, literals } of fields.emits) {
      const table = literals.get("table");
      if (typeof table !== "string") continue;
      const key = `${signal.value}\n${table}`;
      const writers = byTable.get(key) ?? [];
      writers.push({ path, workflow: fields.workflow?.value ?? path, range: signal.range, literals });
      byTable.set(key, writers);
    }
  }
  return [...byTable].flatMap(([key, writers]) => reportWriters(key.split("\n")[1] ?? "", writers));
}

/** Another param that both give, such as a region, says which of the two it is. */
function areToldApart({ literals: one }: Writer, { literals: other }: Writer): boolean {
  return [...one].some(([name, value]) => other.has(name) && !isEqual(other.get(name), value));
}

function isEqual(one: Json | undefined, other: Json): boolean {
  return one !== undefined && canonicalJson(one) === canonicalJson(other);
}

function reportWriters(table: string, writers: readonly Writer[]): readonly Diagnostic[] {
  const workflows = new Set(writers.map(({ workflow }) => workflow));
  if (workflows.size < 2) return [];
  return writers.flatMap((writer) => {
    const other = writers.find((one) => one.workflow !== writer.workflow && !areToldApart(one, writer));
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
