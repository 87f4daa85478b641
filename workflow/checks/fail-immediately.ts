import type { StepNode } from "../model/step-tree.js";
import type { Need, NeverTogether } from "./exclusive-needs.js";

/**
 * Why a step never runs that waits for the success of one which handles failures, in a workflow that fails immediately: the failure
 * that makes the handler run cancels all but handlers and clean-ups. Null when it may run. Asked of steps at the top only, whose
 * failures are those that count.
 */
export function canceledReason({ id, fields }: StepNode, needs: readonly Need[]): NeverTogether | null {
  const handlers = needs.filter(({ node }) => node.fields.require?.value === "any_failed");
  const [first] = handlers;
  const isEnough = fields.require?.value === "any_succeeded" ? handlers.length === needs.length : true;
  if (first === undefined || !isEnough) return null;
  const handler = first.node.id;
  const message = `"${handler}" runs only after a failure, which in this workflow cancels all but handlers and clean-ups (failure_mode: fail_immediately), so "${id}" never runs: say "require: all_finished" with the condition steps.${handler}.status == "succeeded"`;
  return { message, range: first.range };
}
