import type { ASTNode, Environment, ParseResult } from "@marcbachmann/cel-js";
import { ParseError } from "@marcbachmann/cel-js";
import { nameLookAlike } from "../diagnostics/look-alikes.js";
import { commentsThatDivide } from "./comments-that-divide.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { ownNameOf } from "./functions/own-names.js";
import { withoutReservedLoop, withWrittenLoop } from "./loop-name.js";
import { findOutsideSubset } from "./subset.js";
import { adviseOnSyntax } from "./syntax-advice.js";
import { nodesOf } from "./syntax-tree.js";

export const EXPRESSION_LENGTH_MAX = 10_000;

/** What has been read, and can be checked and evaluated. */
export interface ParsedTree {
  readonly ok: true;
  readonly program: ParseResult;
  readonly root: ASTNode;
}

export type ParsedExpression =
  | ParsedTree
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** Parses within our limits and our subset of CEL. Calls of functions that we do better now name ours. */
export function parseExpression(source: string, environment: Environment): ParsedExpression {
  if (source.length > EXPRESSION_LENGTH_MAX) {
    const message = `Expression has ${source.length} characters; the limit is ${EXPRESSION_LENGTH_MAX}`;
    return failure({ code: "expression-too-complex", message, start: 0, end: source.length });
  }
  try {
    const program = environment.parse(withoutReservedLoop(source));
    const problems = findOutsideSubset(program.ast);
    if (problems.length > 0) return { ok: false, problems };
    for (const node of nodesOf(program.ast)) useOwnFunction(node);
    return { ok: true, program, root: program.ast };
  } catch (error) {
    return failure(syntaxProblem(error, source));
  }
}

function failure(problem: ExpressionProblem): ParsedExpression {
  return { ok: false, problems: [problem] };
}

function syntaxProblem(error: unknown, source: string): ExpressionProblem {
  // Whatever is not a ParseError is the stack running out in something nested too deep.
  if (!(error instanceof ParseError) || error.code.includes("limit")) {
    const message = limitMessage(error);
    return { code: "expression-too-complex", message, start: 0, end: source.length };
  }
  const start = Math.min(error.range?.start ?? 0, source.length);
  const end = Math.min(error.range?.end ?? source.length, source.length);
  return unsupportedMessage(source, start, end) ?? misreadProblem(error.summary, source, { start, end });
}

/** A name with a map behind it, which CEL calls a message. */
function unsupportedMessage(source: string, start: number, end: number): ExpressionProblem | null {
  if (source[start] !== "{" || !/[\w.]$/.test(source.slice(0, start))) return null;
  const message = 'Messages are not supported: a map is written {"key": value}, with no name before it';
  return { code: "expression-unsupported", message, start, end };
}

function misreadProblem(
  summary: string,
  source: string,
  { start, end }: { readonly start: number; readonly end: number },
): ExpressionProblem {
  const code = "expression-syntax";
  const strange = nameLookAlike(String.fromCodePoint(source.codePointAt(start) ?? 0));
  if (strange !== null) return { code, message: `Unexpected character: ${strange}; write that`, start, end };
  const division = commentsThatDivide(source).find((comment) => comment.start < start);
  const advice = division ?? adviseOnSyntax(source, start, summary);
  return { ...(advice ?? { message: syntaxMessage(summary), start, end }), code };
}

/** As the library names its limits, and what each of them counts. */
const LIMITED: Readonly<Record<string, (limit: string) => string>> = {
  maxAstNodes: (limit) => `has more than ${limit} parts (names, values and operators)`,
  maxDepth: (limit) => `nests more than ${limit} deep`,
  maxListElements: (limit) => `has a list of more than ${limit} elements`,
  maxMapEntries: (limit) => `has a map of more than ${limit} entries`,
  maxCallArguments: (limit) => `calls a function with more than ${limit} arguments`,
};

/** `Exceeded maxAstNodes (2000)`, in words. */
function limitMessage(error: unknown): string {
  const summary = error instanceof ParseError ? error.summary : "";
  const [, name = "maxDepth", limit = "it can be read"] = /^Exceeded (\w+) \((\d+)\)/.exec(summary) ?? [];
  const words = Object.hasOwn(LIMITED, name) ? LIMITED[name] : LIMITED["maxDepth"];
  return `Expression ${words?.(limit) ?? "is too complex"}: split it, or compute the value in a step`;
}

function syntaxMessage(summary: string): string {
  return withWrittenLoop(summary)
    .replace("Unexpected token: EOF", "Expression ends too early")
    .replace(
      /^Reserved identifier: (\w+)$/,
      '"$1" is a word that CEL keeps for itself: nothing has it as a name',
    )
    .replace(/\s+/g, " ");
}

/** The parser offers no hook for this; its nodes are plain and mutable, and nobody else has seen them yet. */
function useOwnFunction(node: ASTNode): void {
  if (node.op !== "call" && node.op !== "rcall") return;
  const args: [string, ...unknown[]] = node.args;
  args[0] = ownNameOf(args[0]);
}
