import type { ASTNode } from "@marcbachmann/cel-js";
import { writtenName } from "./loop-name.js";
import { memberOf, pathOf, type Segment } from "./names.js";
import {
  compared,
  listWithoutNulls,
  notNull,
  operandsOf,
  ownersOfMembers,
  stepValueOf,
  valueAt,
  type Elements,
  type NullUse,
} from "./null-uses.js";
import { childrenOf, loopOf, type Loop } from "./syntax-tree.js";

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
  /** Where something of a step is used that must not be null. */
  readonly nulls: readonly NullUse[];
  /** What the whole expression is, where it is just something of a step. */
  readonly whole: NullUse | null;
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
export const NO_GUARDS: StepGuards = { uses: [], signals: [], nulls: [], whole: null, whenTrue: new Set() };

/**
 * Finds the uses of outputs in an expression and what guards each. `has()`, `?` and a comparison of the status guard, and
 * `&&`, `||` and `?:` carry it on: CEL forgives an error on one side of `&&` when the other is false, so both sides guard
 * each other.
 */
export function guardsOf(root: ASTNode): StepGuards {
  const found: FoundUses = { uses: [], signals: [], nulls: [], elements: new Map() };
  visit(root, new Set(), found);
  const { uses, signals, nulls } = found;
  const whole = useOf(root, NO_GUARDS.whenTrue, found.elements);
  return { uses, signals, nulls, whole, whenTrue: knownWhen(root, true) ?? new Set() };
}

interface FoundUses {
  readonly uses: OutputUse[];
  readonly signals: SignalUse[];
  readonly nulls: NullUse[];
  /** What the variables of the macros around stand for. */
  readonly elements: Elements;
}

/** Steps known to have succeeded; null stands for all of them, where something can never be. */
type Known = ReadonlySet<string> | null;

const NOTHING: Known = NO_GUARDS.whenTrue;

function visit(node: ASTNode, given: Known, uses: FoundUses): void {
  const path = pathOf(node);
  if (path !== null) {
    addUse(path, given, uses);
    addSignalUse(path, given, uses);
    addOwnerUse(path, given, uses);
    return;
  }
  switch (node.op) {
    case "&&":
    case "||": {
      const [left, right] = node.args;
      const outcome = node.op === "&&";
      visitOperand(left, either(given, knownWhen(right, outcome)), uses);
      visitOperand(right, either(given, knownWhen(left, outcome)), uses);
      return;
    }
    case "?:": {
      const [condition, then, otherwise] = node.args;
      visitOperand(condition, given, uses);
      visit(then, either(given, knownWhen(condition, true)), uses);
      visit(otherwise, either(given, knownWhen(condition, false)), uses);
      return;
    }
    default:
      visitParts(node, given, uses);
  }
}

function visitParts(node: ASTNode, given: Known, uses: FoundUses): void {
  const loop = loopOf(node);
  if (loop !== null) {
    visitLoop(loop, given, uses);
    return;
  }
  const list = listWithoutNulls(node);
  if (list !== null) addElementUse(list, given, uses);
  const operands = operandsOf(node);
  for (const part of evaluatedParts(node)) {
    if (operands.includes(part)) visitOperand(part, given, uses);
    else visit(part, given, uses);
  }
}

/** Of `has(a.b)` only `a`. */
function evaluatedParts(node: ASTNode): readonly ASTNode[] {
  const asked = askedMember(node);
  return asked === null ? childrenOf(node) : [memberOf(asked)?.[0] ?? asked];
}

/** Of a loop that calls its variable `steps` or `signal` nothing inside, for that is neither. */
function visitLoop({ isOfOptional, variable, range, body }: Loop, outside: Known, uses: FoundUses): void {
  visitOperand(range, outside, uses);
  const given = isOfOptional ? either(outside, knownByPresence(namesOf(range), true)) : outside;
  const name = variable.op === "id" ? writtenName(variable.args) : "";
  if (name === "steps" || name === "signal") return;
  // What an optional holds is no element of it.
  const list = isOfOptional ? null : stepValueOf(range, uses.elements);
  const element = list === null ? null : { path: list.path, depth: list.depth + 1 };
  const inside = { ...uses, elements: new Map([...uses.elements, [name, element] as const]) };
  // `map(x, condition, value)` asks first.
  const [condition, value] = body;
  if (condition !== undefined) visit(condition, given, inside);
  if (condition !== undefined && value !== undefined)
    visit(value, either(given, knownWhen(condition, true)), inside);
}

/** Visits what must not be null. */
function visitOperand(node: ASTNode, given: Known, uses: FoundUses): void {
  const use = given === null ? null : useOf(node, given, uses.elements);
  if (use !== null) uses.nulls.push(use);
  visit(node, given, uses);
}

function useOf(node: ASTNode, guards: ReadonlySet<string>, elements: Elements): NullUse | null {
  const value = stepValueOf(node, elements);
  if (value === null) return null;
  const { start, end } = node.range;
  return {
    ...value,
    written: namesOf(node).join("."),
    start: pathOf(node)?.[0]?.start ?? start,
    end,
    guards,
  };
}

/** What has a member is not null. */
function addOwnerUse(path: readonly Segment[], given: Known, { nulls, elements }: FoundUses): void {
  if (given === null) return;
  for (const owner of ownersOfMembers(path, elements)) {
    const value = valueAt(owner, elements);
    const [first, last] = [owner[0], owner.at(-1)];
    if (value === null || first === undefined || last === undefined) continue;
    const written = owner.map(({ name }) => name).join(".");
    nulls.push({ ...value, written, start: first.start, end: last.end, guards: given });
  }
}

/** None of the elements may be null. */
function addElementUse(list: ASTNode, given: Known, { nulls, elements }: FoundUses): void {
  const use = given === null ? null : useOf(list, given, elements);
  if (use !== null) nulls.push({ ...use, depth: use.depth + 1, written: "" });
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
      return knownByComparison(node.args, (node.op === "==") === outcome);
    case "in":
      return outcome ? stepOfMembership(node.args) : NOTHING;
    case "call":
      return knownByCall(node, outcome);
    case "rcall":
      return knownByOptional(node, outcome);
    default:
      return NOTHING;
  }
}

function knownByCall(node: ASTNode & { readonly op: "call" }, outcome: boolean): Known {
  const [name, args] = node.args;
  if (name === "succeeded" && args.length === 0) return outcome ? new Set([ALL_NEEDS]) : NOTHING;
  const asked = askedMember(node);
  const names = asked === null ? [] : namesOf(asked);
  const owner = names.slice(0, -1).join(".");
  return either(
    knownByPresence(names, outcome),
    outcome && owner !== "" ? new Set([notNull(owner)]) : NOTHING,
  );
}

/** `steps.x.outputs.?rows.hasValue()`, or `.orValue(false)` that has come out true: only what is there has done so. */
function knownByOptional(node: ASTNode & { readonly op: "rcall" }, outcome: boolean): Known {
  const [name, asked, [other]] = node.args;
  const isThere =
    (name === "hasValue" && outcome) ||
    (name === "orValue" && other?.op === "value" && other.args === !outcome);
  const loop = loopOf(asked);
  return isThere ? knownByPresence(namesOf(loop?.isOfOptional === true ? loop.range : asked), true) : NOTHING;
}

function knownByPresence(names: readonly string[], outcome: boolean): Known {
  if (names[0] === "signal") return outcome ? SIGNALED : NOTHING;
  // A step that has succeeded has all its outputs, but not all that may be in one.
  if (names[2] !== "outputs" || names.length < 4 || (!outcome && names.length > 4)) return NOTHING;
  return stepOf(names, outcome);
}

const SIGNALED: Known = new Set([BY_SIGNAL]);

/** The argument of `has()`. */
function askedMember(node: ASTNode): ASTNode | null {
  return node.op === "call" && node.args[0] === "has" ? (node.args[1][0] ?? null) : null;
}

/** What is equal to something, or is not null, is not null. */
function knownByComparison([left, right]: readonly [ASTNode, ASTNode], isEqual: boolean): Known {
  const known = stepOfComparison([left, right], isEqual);
  const [asked, value] = left.op === "value" ? [right, left] : [left, right];
  const names = namesOf(compared(asked));
  if (value.op !== "value" || names.length === 0 || (value.args !== null) !== isEqual) return known;
  return either(known, new Set([notNull(names.join("."))]));
}

/**
 * `steps.x.status == "succeeded"` or `run.trigger == "signal"`, either way round. Another status tells that it is not that one.
 */
function stepOfComparison([left, right]: readonly [ASTNode, ASTNode], isEqual: boolean): Known {
  const [path, value] = left.op === "value" ? [right, left] : [left, right];
  const names = namesOf(path);
  if (isEqual && value.op === "value" && asksForSignal(names, value.args)) return SIGNALED;
  if (names.length !== 3 || names[2] !== "status" || value.op !== "value") return NOTHING;
  return either(knownByStatus(names, value, isEqual), begunBy(names, [value], isEqual));
}

function knownByStatus(names: readonly string[], status: ASTNode, isEqual: boolean): Known {
  if (isSucceeded(status)) return stepOf(names, isEqual);
  return isEqual ? stepOf(names, false) : NOTHING;
}

/** A step that has any of these statuses, or not that one, has begun: it has a `started_at`. */
function begunBy([root, step]: readonly string[], statuses: readonly ASTNode[], isEqual: boolean): Known {
  if (root !== "steps" || step === undefined || !statuses.every((status) => hasBegun(status, isEqual)))
    return NOTHING;
  return new Set([notNull(`steps.${step}.started_at`)]);
}

/** A step that has failed had begun, as far as an author needs to know. */
function hasBegun(status: ASTNode, isEqual: boolean): boolean {
  if (status.op !== "value" || typeof status.args !== "string") return false;
  return isEqual ? STATUSES_OF_BEGUN.has(status.args) : status.args === "skipped";
}

const STATUSES_OF_BEGUN: ReadonlySet<string> = new Set([
  "succeeded",
  "failed",
  "timed_out",
  "ignored_failure",
]);

function asksForSignal(names: readonly string[], trigger: unknown): boolean {
  return trigger === "signal" && names.join(".") === "run.trigger";
}

/** `steps.x.status in ["succeeded"]`, or `"rows" in signal`. */
function stepOfMembership([item, list]: readonly [ASTNode, ASTNode]): Known {
  if (namesOf(list).join(".") === "signal") return SIGNALED;
  const names = namesOf(item);
  const isAsked = list.op === "list" && list.args.length > 0 && names.length === 3 && names[2] === "status";
  if (!isAsked) return NOTHING;
  const begun = begunBy(names, list.args, true);
  return list.args.every(isSucceeded) ? either(stepOf(names), begun) : begun;
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
