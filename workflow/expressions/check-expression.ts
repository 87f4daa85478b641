import type { Environment, TypeCheckResult } from "@marcbachmann/cel-js";
import { TypeError as CelTypeError } from "@marcbachmann/cel-js";
import type { ValueType } from "../types/value-type.js";
import { isAssignable } from "./assignability.js";
import type { CheckedExpression } from "./checked-expression.js";
import { impossibleComparisons } from "./closed-values.js";
import { commentsThatDivide } from "./comments-that-divide.js";
import { constantFailures } from "./constant-failure.js";
import { mistakesInDates } from "./dates-as-text.js";
import { createExpressionLibrary, once, type ExpressionLibrary } from "./expression-library.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { withPublicNames } from "./functions/own-names.js";
import { inOurWords } from "./library-words.js";
import { withWrittenLoop } from "./loop-name.js";
import { resolveNames } from "./names.js";
import { parseExpression, type ParsedTree } from "./parse-expression.js";
import { guardsOf, NO_GUARDS } from "./step-guards.js";
import { membersOfTimes } from "./time-members.js";
import { adviseOnTypes } from "./type-advice.js";
import type { ExpressionType, TypeScope } from "./type-scope.js";
import { formatExpressionType, fromCelTypeName } from "./type-scope.js";

/** What a place takes: values of a type, or of one of several. */
export type ExpectedType = ValueType | readonly ValueType[] | "any";

/** Checks expressions that may use the same names. */
export interface ExpressionChecker {
  /** The names, with their types. */
  readonly scope: TypeScope;
  /** `expected` is what the place takes, or one of several; leave it out, or say `any`, where it takes anything. */
  check(source: string, expected?: ExpectedType): CheckedExpression;
}

/** A checker for the names of a scope. Those that are given the same library share what is dear to make. */
export function createExpressionChecker(
  scope: TypeScope,
  library: ExpressionLibrary = createExpressionLibrary(),
): ExpressionChecker {
  const environment = once(() => library.names(scope));
  // Workflows say the same thing in many places: `${{ params.day }}`.
  const known = new Map<string, CheckedExpression>();
  const before = once(() => library.recall(scope, known));

  function checkAnywhere(source: string): CheckedExpression {
    const checked =
      known.get(source) ?? before()?.get(source) ?? check(source, { library, environment, scope });
    known.set(source, checked);
    return checked;
  }

  return {
    scope,
    check: (source, expected = "any") => expecting(expected, checkAnywhere(source), source),
  };
}

/** Checks one expression: parts, names, types. Offsets are into the source. */
export function checkExpression(
  source: string,
  scope: TypeScope,
  expected: ExpectedType = "any",
): CheckedExpression {
  return createExpressionChecker(scope).check(source, expected);
}

interface CheckContext {
  readonly library: ExpressionLibrary;
  /** Knows the names of the scope. */
  readonly environment: () => Environment;
  readonly scope: TypeScope;
}

function check(source: string, { library, environment, scope }: CheckContext): CheckedExpression {
  const parsed = parseExpression(source, library.functions());
  if (!parsed.ok) {
    return { type: { name: "any" }, problems: parsed.problems, references: [], steps: NO_GUARDS };
  }
  const { problems, references, members } = resolveNames(parsed.root, scope);
  const steps = mentionsGuarded(source) ? guardsOf(parsed.root) : NO_GUARDS;
  if (problems.length > 0) return { type: { name: "any" }, problems, references, steps };
  for (const { node, type } of members) library.declareType(node, type);
  const typed = checkTypes(source, parsed, environment);
  if (!typed.ok) return { type: { name: "any" }, problems: typed.problems, references, steps };
  return {
    type: typed.type,
    problems: [
      ...commentsThatDivide(source),
      ...mistakesInDates(parsed.root, source, scope),
      ...(comparesClosedSet(source) ? impossibleComparisons(parsed.root) : []),
      ...constantFailures(parsed.root, source, library.evaluator),
    ],
    references,
    steps,
  };
}

/** Most expressions say nothing of steps or of how the run began, and need no second look. */
function mentionsGuarded(source: string): boolean {
  return MAY_GUARD.some((word) => source.includes(word));
}

/** Most expressions ask for neither. */
function comparesClosedSet(source: string): boolean {
  return /\b(?:status|trigger)\b/.test(source);
}

const MAY_GUARD: readonly string[] = ["steps", "succeeded", "signal", "each"];

const UNREAD: TypeCheckResult = { valid: false };

type CheckedTypes =
  | { readonly ok: true; readonly type: ExpressionType }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

function checkTypes(source: string, parsed: ParsedTree, environment: () => Environment): CheckedTypes {
  const quick = parsed.program.check();
  // What uses a record as a value the library can check only when it knows the names, and so it is with its messages.
  const named = quick.valid ? null : parseExpression(source, environment());
  const result = named === null ? quick : named.ok ? named.program.check() : UNREAD;
  if (!result.valid) return { ok: false, problems: [typeProblem(result.error, source)] };
  const problems = membersOfTimes(named?.ok === true ? [parsed.root, named.root] : [parsed.root]);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, type: fromCelTypeName(result.type ?? "dyn") };
}

/** The same, where a place takes only one type. What is wrong already is not told of that too. */
function expecting(expected: ExpectedType, checked: CheckedExpression, source: string): CheckedExpression {
  const { type, problems } = checked;
  if (expected === "any" || problems.length > 0) return checked;
  const wanted = [expected].flat();
  if (wanted.some((one) => isAssignable(type, one))) return checked;
  const problem = `Expression must give ${wanted.map(formatExpressionType).join(" or ")}, gives ${formatExpressionType(type)}`;
  const message = `${problem}${adviseOnTypes(problem)}`;
  return {
    ...checked,
    problems: [{ code: "expression-type", message, start: 0, end: source.length }],
  };
}

function typeProblem(error: unknown, source: string): ExpressionProblem {
  // Anything but a type error is a limit of the library's checker: the stack, or an empty list as the range of a loop.
  if (!(error instanceof CelTypeError)) {
    const message = "Expression has types that cannot be told";
    return { code: "expression-type", message, start: 0, end: source.length };
  }
  const start = error.range?.start ?? 0;
  return {
    code: "expression-type",
    message: typeMessage(error.summary),
    start,
    end: error.range?.end ?? source.length,
  };
}

function typeMessage(summary: string): string {
  const text = inOurWords(withPublicNames(withWrittenLoop(summary)))
    .replaceAll("google.protobuf.Timestamp", "timestamp")
    .replaceAll("google.protobuf.Duration", "duration")
    .replaceAll(/map<string, /g, "map<")
    // The name of the record that a part of the scope is.
    .replaceAll(/\$(?=\w)/g, "")
    .replaceAll(/\bdyn\b/g, "any")
    .replaceAll("'", `"`)
    .replace(/^no such overload: (.*)$/, "Operator does not fit: $1")
    .replace(
      /^[Oo]ptional\.orValue\(value\) argument must be compatible type, got "steps\.(.*)\.(\w+)" and ".*"$/,
      "The value of orValue() does not fit all that steps.$1.$2 holds: say it of one output, steps.$1.?$2.?<output>.orValue(…)",
    )
    .replace(
      /^[Oo]ptional\.(\w+)\(\w+\) argument must be compatible type, got "(.*)" and "(.*)"$/,
      "The value of $1() must be $2, as what it stands for: it is $3",
    );
  const problem = text.charAt(0).toUpperCase() + text.slice(1);
  return problem + adviseOnTypes(problem);
}
