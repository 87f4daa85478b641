import { compileValue, jsonOf } from "../compile/compile-value.js";
import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import { collectFindings, type Report } from "../diagnostics/report.js";
import { isAssignable } from "../expressions/assignability.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { formatExpressionType, type ExpressionType } from "../expressions/type-scope.js";
import { itemsOf } from "../schema/field-value.js";
import { matchConditions, type MatchCondition } from "../schema/match-operators.js";
import type { Located } from "../schema/schema.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { ParamDefinition } from "../definition/definition.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { Json } from "../types/json.js";
import { inferType } from "../types/infer-type.js";
import type { ValueType } from "../types/value-type.js";
import type { CheckedFile, EmittedSignal } from "./checked-file.js";
import { checkSignalTypes } from "./check-signal-types.js";
import { canBeMet } from "./met-conditions.js";
import { misspeltValues, type AskedMatch } from "./misspelt-match.js";
import { emissionsOf, payloadOf, type Emissions, type Payload } from "./signal-payloads.js";

/**
 * Whoever hears a signal of the project asks for params that its steps give with it, and compares them with values of their
 * types. Others may emit it too, so these are warnings.
 */
export function checkSignalParams(
  files: readonly CheckedFile[],
  library: ExpressionLibrary,
): readonly Diagnostic[] {
  const emissions = emissionsOf(files);
  if (emissions.size === 0) return [];
  return files.flatMap((file) => {
    const { report, diagnostics } = collectFindings(file.path);
    checkFile(file, { emissions, library }, report);
    return diagnostics;
  });
}

function checkFile(
  { fields, workflow }: CheckedFile,
  { emissions, library }: { readonly emissions: Emissions; readonly library: ExpressionLibrary },
  report: Report,
): void {
  const params = workflow?.definition.params ?? [];
  const triggers = itemsOf(fields.triggers).map((trigger) => ({
    ...trigger,
    heard: heardBy(trigger.value, emissions, fields.emits),
  }));
  for (const { value, heard } of triggers) {
    for (const { asked } of heard.values()) checkAsked(asked, emissions, report);
    checkJoin(value, heard, report);
    checkGiven(value, { heard, params }, report);
  }
  for (const use of fields.signalUses) {
    const around = triggers.find(({ range }) => isWithin(use.range.start, range));
    // In a step, which of the triggers has started the run is known only then.
    const heard = around === undefined ? triggers.filter((one) => one.heard.has(use.joined)) : [around];
    const given = heard.map((one) => one.heard.get(use.joined)?.payload);
    checkName(use, given, report);
  }
  for (const { range, heard } of triggers) {
    const payloads = new Map([...heard].map(([name, { payload }]) => [name, payload]));
    const own = fields.triggerExpressions.filter(({ offsets: [start = -1] }) => isWithin(start, range));
    for (const expression of own) checkSignalTypes(expression, { payloads, library, report });
  }
  for (const gate of fields.gates) checkAsked({ ...gate, own: fields.emits }, emissions, report);
}

function isWithin(offset: number, { start, end }: TextRange): boolean {
  return start <= offset && offset < end;
}

/** A signal that is waited for, with what must hold of its params. */
interface AskedSignal {
  readonly signal: Located<string>;
  readonly conditions: readonly MatchCondition[];
  /** What the workflow that waits emits itself. */
  readonly own: readonly EmittedSignal[];
}

interface HeardSignal {
  readonly asked: AskedSignal;
  /** Undefined where it is not known. */
  readonly payload: Payload | undefined;
}

/** What a trigger waits for, by the name that expressions have for it: null for `signal`. */
type Heard = ReadonlyMap<string | null, HeardSignal>;

function heardBy(
  { signal, match, all }: TriggerFields,
  emissions: Emissions,
  own: readonly EmittedSignal[],
): Heard {
  const one = signal === undefined ? [] : [[null, { signal, match }] as const];
  const joined = itemsOf(all).map(({ key, value }) => [key, value.value] as const);
  return new Map(
    [...one, ...joined].flatMap(([name, waited]) => {
      if (waited.signal === undefined) return [];
      const conditions = matchConditions(waited.match);
      const { value: signal } = waited.signal;
      const right = withoutMisspelt({ signal, conditions, own }, emissions);
      const payload = payloadOf(signal, right, emissions);
      return [[name, { asked: { signal: waited.signal, conditions, own }, payload }] as const];
    }),
  );
}

/** What a trigger whose value is misspelt hears is what the right one would. */
function withoutMisspelt(asked: AskedMatch, emissions: Emissions): readonly MatchCondition[] {
  const wrong = new Set(misspeltValues(asked, emissions).map(({ param }) => param));
  return asked.conditions.filter(({ param }) => !wrong.has(param));
}

function checkJoin({ join }: TriggerFields, heard: Heard, report: Report): void {
  for (const { value: param, range } of itemsOf(join)) {
    for (const { payload } of heard.values()) checkName({ param, range }, [payload], report);
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

/** Each condition is held against the emissions that may satisfy all the others; when no emission satisfies all, that is a hint. */
function checkAsked(asked: AskedSignal, emissions: Emissions, report: Report): void {
  const { signal, conditions } = asked;
  if (!emissions.has(signal.value)) return;
  if (reportMisspelt(asked, emissions, report)) return;
  const areRight = conditions.map((condition) => {
    const others = conditions.filter(({ param }) => param !== condition.param);
    // What no value at all meets is another finding, of its file alone.
    if (!canBeMet(conditions.filter((one) => !others.includes(one)))) return false;
    return checkCondition(condition, payloadOf(signal.value, others, emissions), report);
  });
  if (areRight.includes(false) || payloadOf(signal.value, conditions, emissions) !== undefined) return;
  const message = `No step of this project emits "${signal.value}" with what "match" asks for: it must come from outside`;
  report({ code: "signal-never-emitted", message, range: signal.range });
}

/** True when something is said of a value. */
function reportMisspelt({ signal, ...asked }: AskedSignal, emissions: Emissions, report: Report): boolean {
  const misspelt = misspeltValues({ signal: signal.value, ...asked }, emissions);
  for (const { param, node, written, nearest } of misspelt) {
    const message = `No step of this project emits "${signal.value}" with ${param} "${written}". Did you mean "${nearest}"?`;
    report({ code: "signal-misspelt", message, range: node.range, ...writeInstead(nearest, node.range) });
  }
  return misspelt.length > 0;
}

/** False when something is said of it. */
function checkCondition(
  { param, operator, node, paramRange }: MatchCondition,
  payload: Payload | undefined,
  report: Report,
): boolean {
  if (payload === undefined) return true;
  if (!checkName({ param, range: paramRange }, [payload], report)) return false;
  const types = payload.params.get(param) ?? [];
  const items = operator === "in" && node.kind === "list" ? node.items : [node];
  const wrong = items.filter((item) => {
    const compiled = compileValue(item);
    return compiled.kind === "literal" && !types.some((type) => isComparable(compiled.value, type));
  });
  for (const item of wrong) {
    const message = `"${param}" of "${payload.signal}" is ${types.map(formatExpressionType).join(" or ")}, and never like ${JSON.stringify(jsonOf(item))}${operator === "eq" && item.kind === "list" ? `: for one of several write { in: […] }` : ""}`;
    report({ code: "signal-param", message: message.slice(0, 300), range: item.range });
  }
  return wrong.length === 0;
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
  return { param, types: heard.get(joined)?.payload?.params.get(param) ?? [] };
}

/** Signals are JSON on their way: what is text there may be the text of a date. */
function mayBecome(type: ExpressionType, expected: ValueType): boolean {
  return isAssignable(type, expected) || (TEXTS.has(type.name) && TEXTS.has(expected.name));
}
