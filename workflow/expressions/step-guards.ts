import type { ASTNode } from "@marcbachmann/cel-js";
import { memberOf, pathOf, type Segment } from "./names.js";
import { childrenOf, loopOf } from "./syntax-tree.js";

/** A use of an output that fails where its step has not succeeded, because the step has no outputs then. */
export interface OutputUse {
  readonly step: string;
  readonly output: string;
  readonly start: number;
  readonly end: number;
  /** Steps that have certainly succeeded where the use is evaluated, by what the expression itself asks; or not, see `notSucceeded`. */
  readonly guards: ReadonlySet<string>;
}

/** A use of what the signal carried, which fails in a run that no signal started. */
export type SignalUse = Pick<OutputUse, "start" | "end" | "guards">;

/** What an expression has to do with whether steps succeeded, and whether a signal started the run. */
export interface StepGuards {
  readonly uses: readonly OutputUse[];
  readonly signals: readonly SignalUse[];
  /** Steps that have certainly succeeded when the expression is true. */
  readonly whenTrue: ReadonlySet<string>;
}

/** Among guards: every step that the one with this expression needs. No step has such an id. */
export const ALL_NEEDS = "succeeded()";

/** Among guards: the step has certainly not succeeded. No step has such an id. */
export function notSucceeded(step: string): string {
  return `!${step}`;
}

/** Among guards: a signal has started the run. No step has such an id. */
export const BY_SIGNAL = "signal()";

/** Of an expression that has nothing to do with steps. */
export const NO_GUARDS: StepGuards = { uses: [], signals: [], whenTrue: new Set() };

/**
 * Finds the uses of outputs in an expression and what guards each. `has()`, `?` and a comparison of the status guard, and
 * `&&`, `||` and `?:` carry it on: CEL forgives an error on one side of `&&` when the other is false, so both sides guard
 * each other.
 */
export function guardsOf(root: ASTNode): StepGuards {
  const found: FoundUses = { uses: [], signals: [] };
  visit(root, new Set(), found);
  return { ...found, whenTrue: knownWhen(root, true) ?? new Set() };
}

interface FoundUses {
  readonly uses: OutputUse[];
  readonly signals: SignalUse[];
}

/** Steps known to have succeeded; null stands for all of them, where something can never be. */
type Known = ReadonlySet<string> | null;

const NOTHING: Known = NO_GUARDS.whenTrue;

function visit(node: ASTNode, given: Known, uses: FoundUses): void {
  const path = pathOf(node);
  if (path !== null) {
    addUse(path, given, uses);
    addSignalUse(path, given, uses);
    return;
  }
  switch (node.op) {
    case "&&":
    case "||": {
      const [left, right] = node.args;
      const outcome = node.op === "&&";
      visit(left, either(given, knownWhen(right, outcome)), uses);
      visit(right, either(given, knownWhen(left, outcome)), uses);
      return;
    }
    case "?:": {
      const [condition, then, otherwise] = node.args;
      visit(condition, given, uses);
      visit(then, either(given, knownWhen(condition, true)), uses);
      visit(otherwise, either(given, knownWhen(condition, false)), uses);
      return;
    }
    default:
      for (const part of evaluatedParts(node)) visit(part, given, uses);
  }
}

/** Of `has(a.b)` only `a`; of a loop that calls its variable `steps` or `signal` nothing inside, for that is neither. */
function evaluatedParts(node: ASTNode): readonly ASTNode[] {
  const asked = askedMember(node);
  if (asked !== null) return [memberOf(asked)?.[0] ?? asked];
  const loop = loopOf(node);
  if (loop === null) return childrenOf(node);
  const isShadowed = loop.variable.op === "id" && ["steps", "signal"].includes(loop.variable.args);
  return isShadowed ? [loop.range] : [loop.range, ...loop.body];
}

function addSignalUse([root, param]: readonly Segment[], given: Known, { signals }: FoundUses): void {
  if (root?.name !== "signal" || param === undefined || param.isOptional || given === null) return;
  signals.push({ start: root.start, end: param.end, guards: given });
}

function addUse(path: readonly Segment[], given: Known, { uses }: FoundUses): void {
  const [root, step, outputs, output] = path;
  if (root === undefined || step === undefined || outputs === undefined || output === undefined) return;
  const isOutput = root.name === "steps" && outputs.name === "outputs";
  const mayBeAbsent = [step, outputs, output].some(({ isOptional }) => isOptional);
  // Where something can never be, nothing is used.
  if (!isOutput || mayBeAbsent || given === null) return;
  uses.push({ step: step.name, output: output.name, start: root.start, end: output.end, guards: given });
}

/** What is known once a condition has come out this way. */
function knownWhen(node: ASTNode, outcome: boolean): Known {
  switch (node.op) {
    case "value":
      return node.args === !outcome ? null : NOTHING;
    case "!_":
      return knownWhen(node.args, !outcome);
    case "&&":
    case "||":
      return knownBySides(node.args, { outcome, isOfBoth: (node.op === "&&") === outcome });
    case "?:": {
      const [condition, then, otherwise] = node.args;
      return both(
        either(knownWhen(condition, true), knownWhen(then, outcome)),
        either(knownWhen(condition, false), knownWhen(otherwise, outcome)),
      );
    }
    default:
      return knownByQuestion(node, outcome);
  }
}

/** Where `a && b` is true both are, and where it is false one is, nobody knows which; `||` is the reverse. */
function knownBySides(
  [left, right]: readonly [ASTNode, ASTNode],
  { outcome, isOfBoth }: { readonly outcome: boolean; readonly isOfBoth: boolean },
): Known {
  const [a, b] = [knownWhen(left, outcome), knownWhen(right, outcome)];
  return isOfBoth ? either(a, b) : both(a, b);
}

/** What a question of the status or of the presence of an output tells. */
function knownByQuestion(node: ASTNode, outcome: boolean): Known {
  switch (node.op) {
    case "==":
    case "!=":
      return stepOfComparison(node.args, (node.op === "==") === outcome);
    case "in":
      return outcome ? stepOfMembership(node.args) : NOTHING;
    case "call":
      return knownByCall(node, outcome);
    default:
      return NOTHING;
  }
}

function knownByCall(node: ASTNode & { readonly op: "call" }, outcome: boolean): Known {
  const [name, args] = node.args;
  if (name === "succeeded" && args.length === 0) return outcome ? new Set([ALL_NEEDS]) : NOTHING;
  const asked = askedMember(node);
  const names = asked === null ? [] : namesOf(asked);
  if (names[0] === "signal") return outcome ? SIGNALED : NOTHING;
  return knownByPresence(names, outcome);
}

function knownByPresence(names: readonly string[], outcome: boolean): Known {
  // A step that has succeeded has all its outputs, but not all that may be in one.
  if (names[2] !== "outputs" || names.length < 4 || (!outcome && names.length > 4)) return NOTHING;
  return stepOf(names, outcome);
}

const SIGNALED: Known = new Set([BY_SIGNAL]);

/** The argument of `has()`. */
function askedMember(node: ASTNode): ASTNode | null {
  return node.op === "call" && node.args[0] === "has" ? (node.args[1][0] ?? null) : null;
}

/**
 * `steps.x.status == "succeeded"` or `run.trigger == "signal"`, either way round. Another status tells that it is not that one.
 */
function stepOfComparison([left, right]: readonly [ASTNode, ASTNode], isEqual: boolean): Known {
  const [path, value] = left.op === "value" ? [right, left] : [left, right];
  const names = namesOf(path);
  if (isEqual && value.op === "value" && asksForSignal(names, value.args)) return SIGNALED;
  if (names.length !== 3 || names[2] !== "status" || value.op !== "value") return NOTHING;
  if (isSucceeded(value)) return stepOf(names, isEqual);
  return isEqual ? stepOf(names, false) : NOTHING;
}

function asksForSignal(names: readonly string[], trigger: unknown): boolean {
  return trigger === "signal" && names.join(".") === "run.trigger";
}

/** `steps.x.status in ["succeeded"]`, or `"rows" in signal`. */
function stepOfMembership([item, list]: readonly [ASTNode, ASTNode]): Known {
  if (namesOf(list).join(".") === "signal") return SIGNALED;
  const names = namesOf(item);
  const isOne = list.op === "list" && list.args.length > 0 && list.args.every(isSucceeded);
  return isOne && names.length === 3 && names[2] === "status" ? stepOf(names) : NOTHING;
}

function isSucceeded(node: ASTNode): boolean {
  return node.op === "value" && node.args === "succeeded";
}

function namesOf(node: ASTNode): readonly string[] {
  return pathOf(node)?.map(({ name }) => name) ?? [];
}

function stepOf([root, step]: readonly string[], hasSucceeded = true): Known {
  if (root !== "steps" || step === undefined) return NOTHING;
  return new Set([hasSucceeded ? step : notSucceeded(step)]);
}

/** All that one or the other knows. */
function either(a: Known, b: Known): Known {
  return a === null || b === null ? null : new Set([...a, ...b]);
}

/** Only what both know. */
function both(a: Known, b: Known): Known {
  if (a === null || b === null) return a ?? b;
  return new Set([...a].filter((step) => b.has(step)));
}
