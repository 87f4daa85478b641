import { constantCondition, type KnownParam } from "../expressions/constant-condition.js";
import { bareExpression, jsonOf } from "../compile/compile-value.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Every step can run: no condition is always false, and no join waits for what can never be. */
export function checkReachability(check: WorkflowCheck): void {
  // What cannot be read may mean anything.
  if (check.names.isUncertain()) return;
  const params = knownParams(check);
  const constants = new Map<StepNode, boolean>();
  for (const step of check.steps) {
    const { if: condition } = step.fields;
    if (condition === undefined) continue;
    const constant = constantCondition(bareExpression(condition.value), params, check.library);
    if (constant !== null) constants.set(step, constant);
  }
  for (const [step, constant] of constants) reportConstant(step, constant, check);
  const reasonOf = createReasons((step) => constants.get(step) === false);
  for (const step of check.steps) {
    const reason = reasonOf(step);
    if (reason !== null) check.report({ code: "unreachable-step", ...reason });
  }
}

function reportConstant({ id, fields }: StepNode, holds: boolean, { report }: WorkflowCheck): void {
  const range = fields.if?.range;
  if (range === undefined) return;
  if (holds) {
    const message = `This condition is true whatever the run: leave out the "if" of "${id}"`;
    report({ code: "condition-always-true", message, range });
  } else {
    const message = `This condition is false whatever the run: "${id}" is always skipped`;
    report({ code: "condition-always-false", message, range });
  }
}

function knownParams({ fields }: WorkflowCheck): ReadonlyMap<string, KnownParam> {
  const limited = itemsOf(fields.params).filter(
    ({ value: { value } }) =>
      value.options !== undefined || value.min !== undefined || value.max !== undefined,
  );
  return new Map(limited.map(({ key, value }) => [key, knownParam(value.value)]));
}

function knownParam({ options, min, max }: ParamFields): KnownParam {
  return {
    options: options?.value.map(({ node }) => jsonOf(node)) ?? null,
    min: valueOr(min, null),
    max: valueOr(max, null),
  };
}

interface Reason {
  readonly message: string;
  readonly range: TextRange;
}

/**
 * Why a step can never run, beside its own condition; null when it may. What skipping makes impossible goes on to the steps
 * that need it.
 */
function createReasons(isSkipped: (step: StepNode) => boolean): (step: StepNode) => Reason | null {
  const known = new Map<StepNode, Reason | null>();

  function reasonOf(step: StepNode): Reason | null {
    const found = known.get(step);
    if (found !== undefined) return found;
    // A circle, which is another finding, ends here.
    known.set(step, null);
    const reason = joinReason(step, isDead);
    known.set(step, reason);
    return reason;
  }

  function isDead(step: StepNode): boolean {
    return isSkipped(step) || reasonOf(step) !== null;
  }

  return (step) => (isSkipped(step) ? null : reasonOf(step));
}

/** What a join of a step asks that can never be. */
function joinReason(step: StepNode, isDead: (step: StepNode) => boolean): Reason | null {
  const { fields, level, id } = step;
  const needs = itemsOf(fields.needs).flatMap(({ value, range }) => {
    const node = level.byId.get(value);
    return node === undefined || node === step ? [] : [{ node, range }];
  });
  const rule = fields.require?.value ?? "all_succeeded";
  if (rule === "any_failed") return handlerReason(step, needs);
  if (rule === "all_finished" || needs.length === 0) return null;
  const skipped = needs.filter(({ node }) => isDead(node));
  const [first] = skipped;
  if (first !== undefined && (rule === "all_succeeded" || skipped.length === needs.length)) {
    const message = `Step "${first.node.id}" never runs, so "${id}", which needs it to have succeeded, never does either`;
    return { message, range: first.range };
  }
  return rule === "all_succeeded" ? exclusiveReason(id, needs) : null;
}

interface Need {
  readonly node: StepNode;
  readonly range: TextRange;
}

function handlerReason({ id, idRange, fields }: StepNode, needs: readonly Need[]): Reason | null {
  if (needs.length !== itemsOf(fields.needs).length || !needs.every(({ node }) => cannotFail(node)))
    return null;
  const range = fields.require?.range ?? idRange;
  const [first] = needs;
  const why =
    first === undefined
      ? "it needs no step"
      : `${needs.map(({ node }) => `"${node.id}"`).join(" and ")} cannot fail`;
  return { message: `"${id}" runs only after a failure, but ${why}: it never runs`, range };
}

/** Nothing is done, nothing evaluated and nothing waited for. */
function cannotFail({ fields }: StepNode): boolean {
  if (fields.noop === undefined) return false;
  const { needs, if: condition, wait_for: gates, cache, emit } = fields;
  return [needs, condition, gates, cache, emit].every((field) => field === undefined);
}

function exclusiveReason(id: string, needs: readonly Need[]): Reason | null {
  const seen: { readonly node: StepNode; readonly condition: string }[] = [];
  for (const { node, range } of needs) {
    const written = node.fields.if?.value;
    if (written === undefined) continue;
    const condition = bareExpression(written).replaceAll(/\s+/g, " ");
    const other = seen.find((earlier) => areExclusive(earlier.condition, condition));
    if (other !== undefined) {
      const message = `"${other.node.id}" and "${node.id}" never both run, so "${id}" is always skipped: say "require: any_succeeded" to join branches`;
      return { message, range };
    }
    seen.push({ node, condition });
  }
  return null;
}

/** Whether one is plainly the contrary of the other, or both ask one thing to be of different values. */
function areExclusive(one: string, other: string): boolean {
  if (negated(one) === other || negated(other) === one) return true;
  const [, path, value] = EQUALITY.exec(one) ?? [];
  const [, otherPath, otherValue] = EQUALITY.exec(other) ?? [];
  return path !== undefined && path === otherPath && value?.slice(1, -1) !== otherValue?.slice(1, -1);
}

/** What stands behind a `!`, where that is all. */
function negated(condition: string): string | null {
  const [, inner, path] = /^!\s*(?:\((.*)\)|([\w.]+))$/.exec(condition) ?? [];
  if (path !== undefined) return path;
  // Only when the first parenthesis is closed by the last.
  return inner !== undefined && !/[()]/.test(inner) ? inner : null;
}

const EQUALITY = /^((?:params|steps|run|signal)\.[\w.]+) == ("[^"\\]*"|'[^'\\]*')$/;
