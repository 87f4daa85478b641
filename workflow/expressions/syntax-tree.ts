import type { ASTNode } from "@marcbachmann/cel-js";

/** Macros that run a part of the expression once for each element. */
export const LOOPS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** Macros that run a part of the expression for the value of an optional, where there is one. */
export const MACROS_OF_OPTIONALS: ReadonlySet<string> = new Set(["optMap", "optFlatMap"]);

/** A loop such as `list.map(x, …)`: the variable it declares and what is evaluated for each element. */
export interface Loop {
  /** The range is an optional, and what is evaluated is so once at most. */
  readonly isOfOptional: boolean;
  readonly variable: ASTNode;
  readonly range: ASTNode;
  readonly body: readonly ASTNode[];
}

/** The loop that a node is, or null. */
export function loopOf(node: ASTNode): Loop | null {
  if (node.op !== "rcall") return null;
  const [name, range, [variable, ...body]] = node.args;
  const isOfOptional = MACROS_OF_OPTIONALS.has(name);
  if (!isOfOptional && !LOOPS.has(name)) return null;
  return variable === undefined || body.length === 0 ? null : { isOfOptional, variable, range, body };
}

/** The parts of a node, in order of the text. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}

/** Every node of the tree, each before its parts. */
export function nodesOf(root: ASTNode): readonly ASTNode[] {
  const nodes: ASTNode[] = [];
  collect(root, nodes);
  return nodes;
}

function collect(node: ASTNode, nodes: ASTNode[]): void {
  nodes.push(node);
  for (const child of childrenOf(node)) collect(child, nodes);
}
