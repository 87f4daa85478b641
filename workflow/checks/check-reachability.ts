import {
  constantCondition,
  conditionForEachOption,
  type KnownParam,
} from "../expressions/constant-condition.js";
import { bareExpression, jsonOf } from "../compile/compile-value.js";
import type { Fix, RelatedPlace } from "../diagnostics/diagnostic.js";
import { writeInstead } from "../diagnostics/nearest-name.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import { reportSettled, settledByItself, type SettledCondition } from "./contradictory-conditions.js";
import {
  createRequiredConditions,
  exclusiveReason,
  type Need,
  type NeverTogether,
  type RequiredConditions,
} from "./exclusive-needs.js";
import { canceledReason } from "./fail-immediately.js";
import { joinFacts, stepsThatSucceeded } from "./join-facts.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Every step can run: no condition is always false, and no join waits for what can never be. */
export function checkReachability(check: WorkflowCheck): void {
  // What cannot be read may mean anything.
  if (check.names.isUncertain()) return;
  checkTriggerConditions(check);
  const { constants, settled } = judgeConditions(check);
  const isSkipped = (step: StepNode): boolean =>
    constants.get(step) === false || settled.get(step)?.holds === false;
  const failsImmediately = check.fields.failure_mode?.value === "fail_immediately";
  const reasonOf = createReasons(isSkipped, failsImmediately);
  const reasons = check.steps.map((step) => [step, reasonOf(step)] as const);
  const relatedTo = consequences(reasons, check.path);
  for (const [step, constant] of constants) reportConstant(step, constant, { ...check, ...relatedTo(step) });
  for (const [step, condition] of settled) reportSettled(step, condition, { ...check, ...relatedTo(step) });
  for (const [step, reason] of reasons) {
    if (reason === null || reason.root !== undefined) continue;
    const { message, range } = reason;
    check.report({ code: "unreachable-step", message, range, ...relatedTo(step) });
  }
}

/** The conditions that are known before any run: by what is certain of their values, or by their parts alone. */
function judgeConditions(check: WorkflowCheck): {
  readonly constants: ReadonlyMap<StepNode, boolean>;
  readonly settled: ReadonlyMap<StepNode, SettledCondition>;
} {
  const params = knownParams(check);
  const constants = new Map<StepNode, boolean>();
  const settled = new Map<StepNode, SettledCondition>();
  for (const step of check.steps) {
    const { if: condition } = step.fields;
    if (condition === undefined) continue;
    const facts = { params, ...joinFacts(step) };
    const source = bareExpression(condition.value);
    const constant = constantCondition(source, facts, check.library);
    const byItself = constant === null ? settledByItself(step, check) : null;
    if (byItself !== null) {
      settled.set(step, byItself);
      continue;
    }
    const known = constant ?? conditionForEachOption(source, facts, check.library);
    if (known !== null) constants.set(step, known);
  }
  return { constants, settled };
}

/** The condition of a trigger depends on what the signal carries. */
function checkTriggerConditions({ fields, library, report }: WorkflowCheck): void {
  for (const { value } of itemsOf(fields.triggers)) {
    if (value.if === undefined) continue;
    const holds = constantCondition(bareExpression(value.if.value), NO_FACTS, library);
    if (holds === null) continue;
    const { range } = value.if;
    if (holds) {
      const message = 'This condition is true whatever the signal: leave out the "if" of the trigger';
      report({ code: "condition-always-true", message, range });
    } else {
      const message = "This condition is false whatever the signal: the trigger starts no run";
      report({ code: "condition-always-false", message, range });
    }
  }
}

const NO_FACTS = {
  params: new Map<string, KnownParam>(),
  statuses: (): ReadonlyMap<string, readonly string[]> => new Map(),
  succeeded: null,
  failed: null,
};

/** What never runs because another step does not is told with that one. */
function consequences(
  reasons: readonly (readonly [StepNode, Reason | null])[],
  file: string,
): (root: StepNode) => { readonly related?: readonly RelatedPlace[] } {
  const byRoot = new Map<StepNode, RelatedPlace[]>();
  for (const [, reason] of reasons) {
    if (reason?.root === undefined) continue;
    const places = byRoot.get(reason.root) ?? [];
    places.push({ message: reason.message, file, range: reason.range });
    byRoot.set(reason.root, places);
  }
  return (root) => {
    const related = byRoot.get(root);
    return related === undefined ? {} : { related };
  };
}

function reportConstant(
  step: StepNode,
  holds: boolean,
  { report, related }: Pick<WorkflowCheck, "report"> & { readonly related?: readonly RelatedPlace[] },
): void {
  const { id, fields } = step;
  if (fields.if === undefined) return;
  const source = bareExpression(fields.if.value);
  const rule = asksNeeds(source) ? requireOf(step) : null;
  const why = rule === null ? "" : `, for ${CERTAIN_BY[rule](id)}`;
  const { range } = fields.if;
  if (holds) {
    const message = `This condition is true whatever the run${why}: leave out the "if" of "${id}"`;
    report({ code: "condition-always-true", message, range });
    return;
  }
  const advice = rule === null ? "" : adviceFor(step, rule, source);
  const message = `This condition is false whatever the run${why}: "${id}" is always skipped${advice}`;
  report({
    code: "condition-always-false",
    message,
    range,
    ...(step.needs.length === 0 ? {} : handlerMend(fields, source)),
    ...(related && { related }),
  });
}

/** How a step is written that is to run in the case that its condition asks for. */
function adviceFor(step: StepNode, rule: RequireRule, source: string): string {
  if (rule !== "all_succeeded" && rule !== "any_succeeded") return "";
  if (step.needs.length === 0)
    return '. It asks only of what the step needs, and that is nothing: say in "needs" which steps it is about, with "require: any_failed"';
  if (/"skipped"|'skipped'/.test(source))
    return '. Say "require: all_finished" to run also after a skipped step';
  return '. Say "require: any_failed" to handle failures, or "all_finished" to run always';
}

function asksNeeds(source: string): boolean {
  return /\b(?:succeeded|failed)\s*\(|\.\s*status\b/.test(source);
}

/** Elsewhere a condition alone makes a step one that handles failures. */
function handlerMend({ if: condition, require }: StepNode["fields"], source: string): { readonly fix?: Fix } {
  const isHabit = require === undefined && /^(?:failed\(\)|!\s*succeeded\(\))$/.test(source);
  if (!isHabit || condition === undefined) return {};
  const { fix } = writeInstead("require: any_failed", {
    start: condition.keyRange.start,
    end: condition.range.end,
  });
  return { fix };
}

function requireOf({ fields }: StepNode): RequireRule {
  return fields.require?.value ?? "all_succeeded";
}

/** What `require` makes certain when a step asks its condition. */
const CERTAIN_BY: Readonly<Record<RequireRule, (id: string) => string>> = {
  all_succeeded: (id) => `"${id}" starts only when all that it needs has succeeded`,
  any_succeeded: (id) => `"${id}" starts only when nothing that it needs has failed`,
  any_failed: (id) => `"${id}" starts only when something that it needs has failed`,
  all_finished: (id) => `what "${id}" needs has ended by then`,
};

type RequireRule = NonNullable<StepNode["fields"]["require"]>["value"];

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

interface Reason extends NeverTogether {
  /** The step because of which it is so, which has a finding of its own; absent where this is the finding. */
  readonly root?: StepNode;
}

/**
 * Why a step can never run, beside its own condition; null when it may. What skipping makes impossible goes on to the steps
 * that need it.
 */
function createReasons(
  isSkipped: (step: StepNode) => boolean,
  failsImmediately: boolean,
): (step: StepNode) => Reason | null {
  const known = new Map<StepNode, Reason | null>();
  const conditionsOf = createRequiredConditions();
  const handling = new Map<StepLevel, boolean>();

  function hasHandlers(level: StepLevel): boolean {
    const isAny = handling.get(level) ?? level.steps.some((step) => requireOf(step) === "any_failed");
    handling.set(level, isAny);
    return isAny;
  }

  function reasonOf(step: StepNode): Reason | null {
    const found = known.get(step);
    if (found !== undefined) return found;
    // A circle, which is another finding, ends here.
    known.set(step, null);
    const reason =
      joinReason(step, { isDead, rootOf, conditionsOf, failsImmediately }) ??
      (hasHandlers(step.level) ? handledReason(step) : null);
    known.set(step, reason);
    return reason;
  }

  function isDead(step: StepNode): boolean {
    return isSkipped(step) || reasonOf(step) !== null;
  }

  function rootOf(step: StepNode): StepNode {
    return (isSkipped(step) ? null : reasonOf(step))?.root ?? step;
  }

  return (step) => (isSkipped(step) ? null : reasonOf(step));
}

interface KnownOfSteps {
  readonly isDead: (step: StepNode) => boolean;
  /** The step because of which a dead one is dead. */
  readonly rootOf: (step: StepNode) => StepNode;
  readonly conditionsOf: RequiredConditions;
  readonly failsImmediately: boolean;
}

/** What a join of a step asks that can never be. */
function joinReason(
  step: StepNode,
  { isDead, rootOf, conditionsOf, failsImmediately }: KnownOfSteps,
): Reason | null {
  const { id } = step;
  const needs = needsOf(step);
  const rule = requireOf(step);
  if (rule === "any_failed") return handlerReason(step, needs);
  if (rule === "all_finished" || needs.length === 0) return null;
  const skipped = needs.filter(({ node }) => isDead(node));
  const [first] = skipped;
  if (first !== undefined && (rule === "all_succeeded" || skipped.length === needs.length)) {
    const message = `Step "${first.node.id}" never runs, so "${id}", which needs it to have succeeded, never does either`;
    return { message, range: first.range, root: rootOf(first.node) };
  }
  return branchReason(step, needs, { conditionsOf, failsImmediately });
}

/** What the branches exclude of each other, by the failure of one or by their conditions. */
function branchReason(
  step: StepNode,
  needs: readonly Need[],
  { conditionsOf, failsImmediately }: Pick<KnownOfSteps, "conditionsOf" | "failsImmediately">,
): Reason | null {
  const canceled = failsImmediately && step.level.parent === null ? canceledReason(step, needs) : null;
  if (canceled !== null) return canceled;
  return requireOf(step) === "all_succeeded" ? exclusiveReason(step, needs, conditionsOf) : null;
}

function needsOf(step: StepNode): readonly Need[] {
  return itemsOf(step.fields.needs).flatMap(({ value, range }) => {
    const node = step.level.byId.get(value);
    return node === undefined || node === step ? [] : [{ node, range }];
  });
}

function ignoresFailure({ fields }: Pick<StepNode, "fields">): boolean {
  return fields.failure_mode?.value === "ignore_failure";
}

function handlerReason({ id, idRange, fields }: StepNode, needs: readonly Need[]): Reason | null {
  if (needs.length !== itemsOf(fields.needs).length || !needs.every(({ node }) => cannotFail(node)))
    return null;
  const range = fields.require?.range ?? idRange;
  const [first] = needs;
  const why =
    first === undefined
      ? "it needs no step"
      : needs.some(({ node }) => ignoresFailure(node))
        ? `a failure of ${needs.map(({ node }) => `"${node.id}"`).join(" or ")} is ignored, say "require: all_finished" and ask for steps.${first.node.id}.status == "ignored_failure"`
        : `${needs.map(({ node }) => `"${node.id}"`).join(" and ")} cannot fail`;
  return { message: `"${id}" runs only after a failure, but ${why}: it never runs`, range };
}

/** Its failures are ignored; or nothing is done, nothing evaluated and nothing waited for. */
function cannotFail({ fields }: StepNode): boolean {
  if (ignoresFailure({ fields })) return true;
  if (fields.noop === undefined) return false;
  const { needs, if: condition, wait_for: gates, cache, emit } = fields;
  return [needs, condition, gates, cache, emit].every((field) => field === undefined);
}

/** A handler among what must succeed, though what it handles the failure of must succeed as well: then it is skipped. */
function handledReason(step: StepNode): Reason | null {
  const needs = needsOf(step);
  if (requireOf(step) !== "all_succeeded" || needs.length === 0) return null;
  const mustSucceed = stepsThatSucceeded(step);
  for (const { node, range } of needs) {
    const handler = [node, ...stepsThatSucceeded(node)].find((one) => handlesOnly(one, mustSucceed));
    if (handler === undefined) continue;
    const handled = handler.needs.map(({ id }) => `"${id}"`).join(" or ");
    const message = `"${handler.id}" runs only when ${handled} failed, so "${step.id}", which asks both to have succeeded, is always skipped: say "require: all_finished", or leave one of them out`;
    return { message, range };
  }
  return null;
}

/** Whether a step runs only after a failure of one of these. */
function handlesOnly(step: StepNode, steps: ReadonlySet<StepNode>): boolean {
  return (
    requireOf(step) === "any_failed" && step.needs.length > 0 && step.needs.every((need) => steps.has(need))
  );
}
