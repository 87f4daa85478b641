import { compileValue } from "../compile/compile-value.js";
import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import { collectFindings, type Report } from "../diagnostics/report.js";
import { isAssignable } from "../expressions/assignability.js";
import { formatExpressionType, type ExpressionType } from "../expressions/type-scope.js";
import { itemsOf } from "../schema/field-value.js";
import { matchConditions, type MatchCondition } from "../schema/match-operators.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { ParamDefinition } from "../definition/definition.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { Json } from "../types/json.js";
import { inferType } from "../types/infer-type.js";
import type { ValueType } from "../types/value-type.js";
import type { CheckedFile } from "./checked-file.js";
import { payloadsOf, type Payload, type Payloads } from "./signal-payloads.js";

/**
 * Whoever hears a signal of the project asks for params that its steps give with it, and compares them with values of their
 * types. Others may emit it too, so these are warnings.
 */
export function checkSignalParams(files: readonly CheckedFile[]): readonly Diagnostic[] {
  const payloads = payloadsOf(files);
  if (payloads.size === 0) return [];
  return files.flatMap((file) => {
    const { report, diagnostics } = collectFindings(file.path);
    checkFile(file, payloads, report);
    return diagnostics;
  });
}

function checkFile({ fields, workflow }: CheckedFile, payloads: Payloads, report: Report): void {
  const params = workflow?.definition.params ?? [];
  const triggers = itemsOf(fields.triggers).map(({ value, range }) => ({
    value,
    range,
    heard: heardBy(value, payloads),
  }));
  for (const { value, heard } of triggers) {
    checkTrigger(value, heard, report);
    checkGiven(value, { heard, params }, report);
  }
  for (const use of fields.signalUses) {
    const around = triggers.find(({ range }) => range.start <= use.range.start && use.range.end <= range.end);
    // In a step, which of the triggers has started the run is known only then.
    const heard = around === undefined ? triggers.filter((one) => one.heard.has(use.joined)) : [around];
    const given = heard.map((one) => one.heard.get(use.joined));
    checkName(use, given, report);
  }
  for (const { signal, conditions } of fields.gates) {
    checkConditions(conditions, payloads.get(signal), report);
  }
}

/** What a trigger waits for, by the name that expressions have for it: null for `signal`. Undefined where it is not known. */
type Heard = ReadonlyMap<string | null, Payload | undefined>;

function heardBy({ signal, all }: TriggerFields, payloads: Payloads): Heard {
  if (signal !== undefined) return new Map([[null, payloads.get(signal.value)]]);
  return new Map(
    itemsOf(all).map(({ key, value }) => [key, payloads.get(value.value.signal?.value ?? "")] as const),
  );
}

function checkTrigger({ match, all, join }: TriggerFields, heard: Heard, report: Report): void {
  checkConditions(matchConditions(match), heard.get(null), report);
  for (const { key, value } of itemsOf(all)) {
    checkConditions(matchConditions(value.value.match), heard.get(key), report);
  }
  for (const { value: param, range } of itemsOf(join)) {
    for (const payload of heard.values()) checkName({ param, range }, [payload], report);
  }
}

/** A param is given with one of the signals that may be meant; true when that is known. */
function checkName(
  { param, range }: { readonly param: string; readonly range: TextRange },
  payloads: readonly (Payload | undefined)[],
  report: Report,
): boolean {
  const known = payloads.filter((payload) => payload !== undefined);
  if (known.length === 0 || known.length < payloads.length) return false;
  if (known.some(({ params }) => params.has(param))) return true;
  const names = new Set(known.flatMap(({ params }) => [...params.keys()]));
  const near = suggestion(param, names);
  const signals = [...new Set(known.map(({ signal }) => `"${signal}"`))].join(" or ");
  const rest = near.text === "" ? `: they give ${listed(names)}` : near.text;
  const message = `No step of this project that emits ${signals} gives "${param}"${rest}`;
  report({ code: "signal-param", message, range, data: near.data });
  return false;
}

/** As many names as a person reads in one sentence. */
const NAMES_SHOWN_MAX = 12;

function listed(names: ReadonlySet<string>): string {
  return names.size === 0 ? "none" : [...names].slice(0, NAMES_SHOWN_MAX).join(", ");
}

function checkConditions(
  conditions: readonly MatchCondition[],
  payload: Payload | undefined,
  report: Report,
): void {
  if (payload === undefined) return;
  for (const { param, operator, node, paramRange } of conditions) {
    if (!checkName({ param, range: paramRange }, [payload], report)) continue;
    const items = operator === "in" && node.kind === "list" ? node.items : [node];
    for (const item of items) {
      const compiled = compileValue(item);
      const types = payload.params.get(param) ?? [];
      if (compiled.kind !== "literal" || types.some((type) => isComparable(compiled.value, type))) continue;
      const message = `"${param}" of "${payload.signal}" is ${types.map(formatExpressionType).join(" or ")}, and never like ${JSON.stringify(compiled.value)}`;
      report({ code: "signal-param", message: message.slice(0, 300), range: item.range });
    }
  }
}

function isComparable(value: Json, type: ExpressionType): boolean {
  const given = inferType(value);
  const isNumber = given.name === "int" || given.name === "double";
  if (isNumber && (type.name === "int" || type.name === "double")) return true;
  // As JSON, a timestamp and a duration are text too.
  if (given.name === "string" && TEXTS.has(type.name)) return true;
  return given.name === "json" || isAssignable(type, given);
}

const TEXTS: ReadonlySet<string> = new Set(["string", "date", "timestamp", "duration"]);

/** A param of the run that is just a param of the signal takes values of its type. */
function checkGiven(
  trigger: TriggerFields,
  { heard, params }: { readonly heard: Heard; readonly params: readonly ParamDefinition[] },
  report: Report,
): void {
  for (const { key, value } of itemsOf(trigger.params)) {
    const expected = params.find(({ name }) => name === key)?.type;
    const { param, types } = givenBy(value.node, heard);
    if (expected === undefined || types.length === 0) continue;
    if (types.some((type) => mayBecome(type, expected))) continue;
    const given = types.map(formatExpressionType).join(" or ");
    const message = `Param "${key}" takes ${formatExpressionType(expected)}, and "${param}" of the signal is ${given}`;
    report({ code: "signal-param", message, range: value.range });
  }
}

/** The param of a signal that a value just is, with its types; none when it is anything else. */
function givenBy(
  node: SyntaxNode,
  heard: Heard,
): { readonly param: string; readonly types: readonly ExpressionType[] } {
  const compiled = compileValue(node);
  const source = compiled.kind === "expression" ? compiled.source : "";
  const [, joined = null, param = ""] = /^signal(?:s\.(\w+))?\.(\w+)$/.exec(source) ?? [];
  return { param, types: heard.get(joined)?.params.get(param) ?? [] };
}

/** Signals are JSON on their way: what is text there may be the text of a date. */
function mayBecome(type: ExpressionType, expected: ValueType): boolean {
  return isAssignable(type, expected) || (TEXTS.has(type.name) && TEXTS.has(expected.name));
}
