import type { ASTNode } from "@marcbachmann/cel-js";
import { UnsignedInt } from "@marcbachmann/cel-js/evaluator";
import type { ExpressionProblem } from "./expression-problem.js";
import { childrenOf, loopOf, type Loop } from "./syntax-tree.js";

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
  // The smallest int, whose digits alone are more than the largest.
  if (node.op === "-_" && node.args.op === "value" && node.args.args === INT_MAX + 1n) return;
  problems.push(...repeatedKeys(node));
  const loop = loopOf(node);
  if (loop === null) {
    for (const child of childrenOf(node)) visit(child, depth, problems);
    return;
  }
  visitLoop(loop, { node, depth, problems });
}

function visitLoop(loop: Loop, { node, depth, problems }: LoopPlace): void {
  // What runs once makes nothing longer.
  const depthInside = loop.isOfOptional ? depth : depth + 1;
  if (depthInside > LOOP_DEPTH_MAX) {
    const tooDeep = `Loops may nest ${LOOP_DEPTH_MAX} deep; this one is deeper`;
    problems.push({ code: "expression-too-complex", message: tooDeep, start: node.start, end: node.end });
    return;
  }
  visit(loop.range, depth, problems);
  for (const part of loop.body) visit(part, depthInside, problems);
}

interface LoopPlace {
  readonly node: ASTNode;
  /** How many loops are around it. */
  readonly depth: number;
  readonly problems: ExpressionProblem[];
}

const INT_MAX = 2n ** 63n - 1n;

/** The library takes the last value of a key without a word. */
function repeatedKeys(node: ASTNode): readonly ExpressionProblem[] {
  if (node.op !== "map") return [];
  const seen = new Set<unknown>();
  return node.args.flatMap(([key]) => {
    if (key.op !== "value" || !seen.has(key.args)) {
      if (key.op === "value") seen.add(key.args);
      return [];
    }
    const message = "This key stands in the map already: its entries would be one";
    return [{ code: "expression-unsupported", message, start: key.start, end: key.end }];
  });
}

function refusal(node: ASTNode): string | null {
  switch (node.op) {
    case "value":
      return refusalOfValue(node.args);
    case "id":
      return REFUSED_NAMES.has(node.args) ? `Namespace "${node.args}" is not supported` : null;
    case "call":
    case "rcall":
      return REFUSED_FUNCTIONS.has(node.args[0]) ? `Function ${node.args[0]}() is not supported` : null;
    default:
      return null;
  }
}

function refusalOfValue(value: unknown): string | null {
  if (typeof value === "bigint" && value > INT_MAX)
    return "This number is larger or smaller than any int of 64 bits";
  if (value instanceof Uint8Array) return "Bytes are not supported: use a string";
  return value instanceof UnsignedInt ? "Unsigned ints are not supported: leave out the u" : null;
}
