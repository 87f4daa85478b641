import type { ExpressionChecker } from "../expressions/check-expression.js";
import { LOOPS, MACROS_OF_OPTIONALS } from "../expressions/syntax-tree.js";
import { formatExpressionType, type ExpressionType, type ScopeType } from "../expressions/type-scope.js";
import type { OpenCall } from "./expression-place.js";

/** What is known of a part of an expression: a record has the names that stand in it. */
export type PartType = ScopeType | ExpressionType;

const ANY: PartType = { name: "any" };
const STRING: PartType = { name: "string" };
const PATH = /^[A-Za-z_]\w*(?:\s*\.\??\s*[A-Za-z_]\w*)*$/;

/** The type of a part, such as what stands before a dot, within some calls; `any` when that cannot be told. */
export function typeOfPart(source: string, calls: readonly OpenCall[], checker: ExpressionChecker): PartType {
  if (!PATH.test(source.trim())) return checker.check(source).type;
  const [first = "", ...rest] = source.split(/\s*\.\??\s*/).map((name) => name.trim());
  const root =
    variableType(first, calls, checker) ?? memberOf({ name: "record", fields: checker.scope }, first);
  return rest.reduce<PartType>((type, name) => memberOf(type, name), root);
}

/** The type of a member, as far as the type of what has it tells. */
export function memberOf(type: PartType, name: string): PartType {
  if ("fields" in type) return Object.hasOwn(type.fields, name) ? (type.fields[name] ?? ANY) : ANY;
  return type.name === "map" && "of" in type ? type.of : ANY;
}

/** The names that macros around a place give to what they go through, inner first. */
export function macroVariables(
  calls: readonly OpenCall[],
  checker: ExpressionChecker,
): readonly (readonly [name: string, type: PartType])[] {
  return calls.flatMap(({ variable }, nth) => {
    if (variable === null) return [];
    const type = variableType(variable, calls.slice(0, nth + 1), checker);
    return type === null ? [] : [[variable, type] as const];
  });
}

/** A type in words; null where there is nothing to say. */
export function formatPartType(type: PartType): string | null {
  if (type.name === "record") return "fields" in type ? null : "map";
  return formatExpressionType(type);
}

function variableType(name: string, calls: readonly OpenCall[], checker: ExpressionChecker): PartType | null {
  const nth = calls.findLastIndex(
    (call) => call.variable === name && isMacro(call.name) && call.argument > 0,
  );
  const call = calls[nth];
  const receiver = call?.receiver ?? null;
  if (call === undefined || receiver === null) return null;
  const range = typeOfPart(receiver, calls.slice(0, nth), checker);
  // A path has the type of what its `?` lets be absent; of what else is optional the value has no type that could be told.
  if (MACROS_OF_OPTIONALS.has(call.name)) return range.name === "optional" ? ANY : range;
  if (range.name === "list" && "of" in range) return range.of;
  return range.name === "map" ? STRING : ANY;
}

function isMacro(name: string): boolean {
  return LOOPS.has(name) || MACROS_OF_OPTIONALS.has(name);
}
