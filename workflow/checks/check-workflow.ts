import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import { keysOf } from "../schema/schema.js";
import { stepSchema } from "../schema/step-schema.js";
import { checkAlerts } from "./check-alerts.js";
import { checkCache } from "./check-cache.js";
import { checkCode } from "./check-code.js";
import { checkCalls } from "./check-calls.js";
import { checkConnection } from "./check-connection.js";
import { checkExpressions } from "./check-expressions.js";
import { checkGates } from "./check-gates.js";
import { checkIdleKeys } from "./check-idle-keys.js";
import { checkIterations } from "./check-iterations.js";
import { checkLimits, STEPS_MAX } from "./check-limits.js";
import { checkLoop } from "./check-loop.js";
import { checkLoopEnds } from "./check-loop-ends.js";
import { checkLoopBegin } from "./check-loop-begin.js";
import { checkNeeds } from "./check-needs.js";
import { checkParams } from "./check-params.js";
import { checkPlugin } from "./check-plugin.js";
import { checkReachability } from "./check-reachability.js";
import { checkScriptFile } from "./check-script-file.js";
import { checkStepIds } from "./check-step-ids.js";
import { checkStepKind } from "./check-step-kind.js";
import { checkComputedSleep, checkStepValues } from "./check-step-values.js";
import { checkSwitches } from "./check-switches.js";
import { checkTemplates } from "./check-templates.js";
import { checkTextSize } from "./check-text-size.js";
import { checkTimeouts } from "./check-timeouts.js";
import { checkTriggers } from "./check-triggers.js";
import { checkUnused } from "./check-unused.js";
import { checkWorkingDirectory } from "./check-working-directory.js";
import { checkWrittenValues } from "./check-written-values.js";
import { eachStep } from "./each-step.js";
import type { WorkflowCheck } from "./workflow-check.js";

const KEYS_OF_STEP = keysOf(stepSchema);

/**
 * All checks that one workflow file can have on its own. False when it is too large to be compiled with the files it uses.
 * @yields nothing, after some steps
 */
export function* checkWorkflow(check: WorkflowCheck): Generator<undefined, boolean> {
  checkLimits(check);
  checkSwitches(check);
  // Beyond a limit the rest would only cost time.
  if (check.steps.length > STEPS_MAX || !checkTextSize(check)) return false;
  yield* eachStep(check.steps, (step) => checkStep(step, check));
  yield;
  checkLoopEnds(check);
  checkStepIds(check);
  const isOrdered = checkNeeds(check);
  yield;
  checkParams(itemsOf(check.fields.params), check);
  checkTriggers(check);
  checkAlerts(check.fields, check.report);
  checkTemplates(check);
  checkCalls(check);
  yield* checkExpressions(check, isOrdered);
  yield;
  checkUnused(check);
  checkTimeouts(check);
  yield;
  if (isOrdered) checkReachability(check);
  return true;
}

/** What can be said of a step without the others. */
function checkStep(step: StepNode, check: WorkflowCheck): void {
  const { id, idRange: range, node } = step;
  checkStepKind({ what: `Step "${id}"`, range, node, keys: KEYS_OF_STEP }, check.report);
  checkCode(step.fields, step.node, check);
  checkStepValues(step.fields, check.report);
  checkComputedSleep(step.fields, check);
  checkWrittenValues(step.fields, check.report);
  checkConnection(step, check.defaults, check.report);
  checkPlugin(step, check);
  checkLoop(step, check);
  checkLoopBegin(step, check);
  checkIterations(step, check);
  checkCache(step, check.report);
  checkGates(step.fields, check.report);
  checkIdleKeys(step.fields, check);
  // In a folder that is not there no file is either.
  if (checkWorkingDirectory(step.fields, check)) checkScriptFile(step.fields, check);
}
