import type { ASTNode } from "@marcbachmann/cel-js";
import { FunctionError } from "./functions/function-definition.js";
import { isInstant } from "./functions/timestamp.js";
import { BudgetExceeded } from "./meter.js";
import type { Meter } from "./meter.js";
import { childrenOf, loopOf, nodesOf } from "./syntax-tree.js";

/**
 * The CEL library has no budget, so every node of a parsed expression is made to pay before it is evaluated, and pays
 * for the data it hands to an operation that may read all of it. The library evaluates a node by calling its `evaluate`,
 * which replaces itself by a faster one at the first call: hence a property that keeps what it is replaced by.
 * Neither is documented; the version is pinned, and the tests of hostile expressions fail if either changes.
 */
interface EvaluatedNode {
  evaluate: Evaluate;
}

type Evaluate = (library: LibraryEvaluator, node: unknown, context: unknown) => unknown;

interface LibraryEvaluator {
  run(node: unknown, context: unknown): unknown;
  /** For `&&`, `||`, `all` and `exists`, which go on after an error on one side. */
  tryEval: (node: unknown, context: unknown) => unknown;
  /** What it knows of values that are objects, of its own environment. Without `fields` any property of JavaScript is a member. */
  readonly objectTypesByConstructor: Map<unknown, { readonly fields?: object }>;
}

/** What an error costs that an operator forgives: making one takes far longer than an operation. */
const ERROR_STEPS = 25;

/** Operations that may look at every part of their operands, however deep. */
const READERS: ReadonlySet<ASTNode["op"]> = new Set(["==", "!=", "in", "+", "call", "rcall"]);

/** Operations that the library lets give ints beyond 64 bits, or times beyond those of CEL. */
const UNBOUNDED: ReadonlySet<ASTNode["op"]> = new Set(["-_", "/", "+", "-"]);

/** Makes every evaluation of this tree spend from the meter. To be called once a tree, before its first evaluation. */
export function meterEvaluation(root: ASTNode, meter: Meter): void {
  const isRead = new Set<ASTNode>();
  for (const node of nodesOf(root)) {
    if (READERS.has(node.op) && loopOf(node) === null)
      for (const child of childrenOf(node)) isRead.add(child);
  }
  for (const node of nodesOf(root)) meterNode(node, meter, isRead.has(node));
}

function meterNode(node: ASTNode, meter: Meter, isRead: boolean): void {
  // The library's types leave `evaluate` out; see above.
  let evaluate = (node as unknown as EvaluatedNode).evaluate;
  const mayLeaveRange = UNBOUNDED.has(node.op);
  function metered(library: LibraryEvaluator, _node: unknown, context: unknown): unknown {
    prepareLibrary(library, meter);
    meter.spend(1);
    const value = evaluate.call(node, library, node, context);
    if (mayLeaveRange) checkRange(value);
    meter.checkSize(value);
    if (isRead) meter.spendOn(value);
    return value;
  }
  Object.defineProperty(node, "evaluate", {
    get: () => metered,
    set: (faster: Evaluate) => {
      evaluate = faster;
    },
  });
}

function checkRange(value: unknown): void {
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value)
    throw new FunctionError("The result is larger or smaller than any int of 64 bits");
  if (value instanceof Date && !isInstant(value.getTime()))
    throw new FunctionError("The result lies outside of the years 1 to 9999");
}

/** Once for each environment. */
function prepareLibrary(library: LibraryEvaluator, meter: Meter): void {
  if (Object.hasOwn(library, "tryEval")) return;
  letBudgetErrorsThrough(library, meter);
  hideProperties(library);
}

/** Timestamps and durations have no members in CEL; in JavaScript they have `getTime`, `seconds` and more. */
function hideProperties({ objectTypesByConstructor }: LibraryEvaluator): void {
  for (const [constructor, type] of objectTypesByConstructor)
    objectTypesByConstructor.set(constructor, { ...type, fields: type.fields ?? NO_FIELDS });
}

/** Not even those of every object. */
const NO_FIELDS: object = Object.freeze({ __proto__: null });

/** Without this `all` over a long list would go on to its end, failing at every element. */
function letBudgetErrorsThrough(library: LibraryEvaluator, meter: Meter): void {
  library.tryEval = (node, context) => {
    try {
      return library.run(node, context);
    } catch (error) {
      if (error instanceof BudgetExceeded) throw error;
      meter.spend(ERROR_STEPS);
      return error;
    }
  };
}
