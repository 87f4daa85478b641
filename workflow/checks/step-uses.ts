import { bareExpression } from "../compile/compile-value.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import type { Reference } from "../expressions/names.js";
import { NO_GUARDS, type OutputUse } from "../expressions/step-guards.js";
import { isUpstream, type StepLevel, type StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { ReferenceProblem } from "./check-site.js";
import type { ExpressionCheckers } from "./expression-checkers.js";
import { addNeed } from "./mend.js";
import type { StepPresence } from "./step-presence.js";

/** The steps that have certainly succeeded when the condition of a step is true. */
export function madeSureBy({ fields, level }: StepNode, checkers: ExpressionCheckers): ReadonlySet<string> {
  if (fields.if === undefined) return NO_GUARDS.whenTrue;
  return checkers.conditions(level).check(bareExpression(fields.if.value)).steps.whenTrue;
}

/** A step may be used only where it has certainly ended: when the using step, or a step around it, needs it. */
export function stepProblem({ path }: Reference, user: StepNode, text: string): ReferenceProblem | null {
  const [root, id] = path;
  const found = root === "steps" && id !== undefined ? findUsed(id, user) : null;
  if (found === null || isUpstream(found.used, found.at)) return null;
  const { used, at } = found;
  if (isMeantByNeeds(used, at)) return null;
  const code = "step-not-needed";
  if (used === at || isUpstream(at, used)) {
    return { code, message: `Step "${used.id}" has not ended here, so there is nothing to use of it` };
  }
  const fix = addNeed(at, used.id, text);
  const message = `Step "${used.id}" may not have run here: add it to "needs" of "${at.id}"`;
  return { code, message, ...(fix === null ? {} : { fix }) };
}

/** Whether a need that names no step most likely means this one: that is reported where the need stands. */
function isMeantByNeeds({ id }: StepNode, { fields, level }: StepNode): boolean {
  return itemsOf(fields.needs).some(
    ({ value }) => !level.byId.has(value) && suggestion(value, level.byId.keys()).data["nearest"] === id,
  );
}

/** Why an output may be missing in an expression of a step, with what to do; null when it is there. */
export function missingOutput(
  use: OutputUse,
  place: { readonly user: StepNode; readonly presence: StepPresence; readonly isCondition: boolean },
): string | null {
  const found = findUsed(use.step, place.user);
  // What is not upstream is told as that.
  if (found === null || !isUpstream(found.used, found.at)) return null;
  const { used, at } = found;
  const { user, presence, isCondition } = place;
  return worded(use, used, presence.whyMissing(use, { used, at, user, isCondition }));
}

/** The same where all steps of a level have ended and none has failed. */
export function missingAtEnd(use: OutputUse, level: StepLevel, presence: StepPresence): string | null {
  const used = level.byId.get(use.step);
  return used === undefined ? null : worded(use, used, presence.whyMissingAtEnd(use, used));
}

function worded({ step, output }: OutputUse, used: StepNode, why: string | null): string | null {
  if (why === null) return null;
  // A loop has left a list for each output of each of its steps.
  const ofLoop = used.fields.steps === undefined ? "" : ".?<output>";
  const guard = `steps.${step}.outputs.?${output}${ofLoop}.orValue(…)`;
  return `Output "${output}" may be missing here: ${why}. Say what holds then, as in ${guard}, or ask for steps.${step}.status == "succeeded" first`;
}

/** What a name of a step means to a user of it: the nearest step of that id, and who on its level is or holds the user. */
export function findUsed(
  id: string,
  user: StepNode,
): { readonly used: StepNode; readonly at: StepNode } | null {
  for (let at: StepNode | null = user; at !== null; at = at.level.parent) {
    const used = at.level.byId.get(id);
    if (used !== undefined) return { used, at };
  }
  return null;
}
