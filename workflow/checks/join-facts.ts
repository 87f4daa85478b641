import type { KnownFacts } from "../expressions/constant-condition.js";
import { ENDED_STEP_STATUSES } from "../model/step-statuses.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";

/** What is certain of the steps that a step needs when its `if` is asked, by its `require`. */
export type JoinFacts = Omit<KnownFacts, "params">;

const NOTHING: JoinFacts = { succeeded: null, failed: null, statuses: () => new Map() };
const FAILED = ["failed", "timed_out", "upstream_failed"] as const;

/** What `require` makes certain; see "Joins" in the language reference. */
export function joinFacts(step: StepNode): JoinFacts {
  const { fields, needs } = step;
  // Of a need that names no step nobody knows what it was to be.
  if (needs.length !== new Set(itemsOf(fields.needs).map(({ value }) => value)).size) return NOTHING;
  switch (fields.require?.value ?? "all_succeeded") {
    case "all_succeeded":
      return { succeeded: true, failed: false, statuses: () => statusesAfterSuccess(step) };
    case "any_succeeded":
      return ofBranches(needs);
    case "any_failed":
      return ofHandler(needs);
    case "all_finished":
      return { ...NOTHING, statuses: () => statusesOf(needs, () => ENDED_STEP_STATUSES) };
  }
}

function ofBranches(needs: readonly StepNode[]): JoinFacts {
  if (needs.length === 1)
    return { succeeded: true, failed: false, statuses: () => statusesOf(needs, successesOf) };
  const possible = (need: StepNode) => [...successesOf(need), "skipped", "canceled"];
  return { succeeded: null, failed: false, statuses: () => statusesOf(needs, possible) };
}

function ofHandler(needs: readonly StepNode[]): JoinFacts {
  const possible = needs.length === 1 ? FAILED : ENDED_STEP_STATUSES;
  return { succeeded: false, failed: true, statuses: () => statusesOf(needs, () => possible) };
}

/** A handler that has succeeded shows besides that what it handles has failed, where that is one step. */
function statusesAfterSuccess(step: StepNode): ReadonlyMap<string, readonly string[]> {
  const succeeded = stepsThatSucceeded(step);
  const handlers = [...succeeded].filter(({ fields }) => fields.require?.value === "any_failed");
  const handled = handlers.flatMap(({ needs }) => (needs.length === 1 ? needs : []));
  return new Map([...statusesOf(handled, () => FAILED), ...statusesOf(succeeded, successesOf)]);
}

/** Those that a step needs with `all_succeeded`, and those that they need so in turn. */
export function stepsThatSucceeded({ needs }: StepNode): ReadonlySet<StepNode> {
  // A set is walked in the order in which it grows.
  const found = new Set(needs);
  for (const step of found) {
    if ((step.fields.require?.value ?? "all_succeeded") !== "all_succeeded") continue;
    for (const need of step.needs) found.add(need);
  }
  return found;
}

/** How a step may have ended that counts as succeeded. */
function successesOf({ fields }: StepNode): readonly string[] {
  return fields.failure_mode?.value === "ignore_failure" ? ["succeeded", "ignored_failure"] : ["succeeded"];
}

function statusesOf(
  steps: Iterable<StepNode>,
  possible: (step: StepNode) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(Array.from(steps, (step) => [step.id, possible(step)]));
}
