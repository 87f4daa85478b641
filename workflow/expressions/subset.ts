import type { ASTNode } from "@marcbachmann/cel-js";
import { UnsignedInt } from "@marcbachmann/cel-js/evaluator";
import type { ExpressionProblem } from "./expression-problem.js";
import { childrenOf, loopOf } from "./syntax-tree.js";

const LOOP_DEPTH_MAX = 3;

/** Parts of CEL that we do not promise: their use is an error, not a surprise. */
const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set(["uint", "bytes", "type", "bind"]);
const REFUSED_NAMES: ReadonlySet<string> = new Set(["cel", "google"]);

/** What an expression uses that our subset of CEL does not have, in order of the text. */
export function findOutsideSubset(root: ASTNode): readonly ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  visit(root, 0, problems);
  return problems;
}

function visit(node: ASTNode, depth: number, problems: ExpressionProblem[]): void {
  const message = refusal(node);
  if (message !== null) {
    problems.push({ code: "expression-unsupported", message, start: node.start, end: node.end });
    return;
  }
  const loop = loopOf(node);
  if (loop === null) {
    for (const child of childrenOf(node)) visit(child, depth, problems);
    return;
  }
  if (depth === LOOP_DEPTH_MAX) {
    const tooDeep = `Loops may nest ${LOOP_DEPTH_MAX} deep; this one is deeper`;
    problems.push({ code: "expression-too-complex", message: tooDeep, start: node.start, end: node.end });
    return;
  }
  visit(loop.range, depth, problems);
  for (const part of loop.body) visit(part, depth + 1, problems);
}

function refusal(node: ASTNode): string | null {
  switch (node.op) {
    case "value":
      if (node.args instanceof Uint8Array) return "Bytes are not supported: use a string";
      return node.args instanceof UnsignedInt ? "Unsigned ints are not supported: leave out the u" : null;
    case "id":
      return REFUSED_NAMES.has(node.args) ? `Namespace "${node.args}" is not supported` : null;
    case "call":
    case "rcall":
      return REFUSED_FUNCTIONS.has(node.args[0]) ? `Function ${node.args[0]}() is not supported` : null;
    default:
      return null;
  }
}
