import { itemsOf, valueOr } from "../schema/field-value.js";
import type { RunStrategy, WorkflowDefinition, WorkflowProperties } from "../definition/definition.js";
import type { WorkflowFields } from "../schema/workflow-schema.js";
import { compileParamDefinitions } from "./compile-params.js";
import { compileSteps } from "./compile-steps.js";
import { compileTriggers } from "./compile-triggers.js";
import { jsonOf } from "./compile-value.js";
import type { StepSources } from "./step-sources.js";

/** What a workflow means: the part that makes a version. Always a best effort; the checks say what is wrong. */
export function compileDefinition(fields: WorkflowFields, sources: StepSources): WorkflowDefinition {
  return {
    id: valueOr(fields.workflow, ""),
    triggers: compileTriggers(itemsOf(fields.triggers), sources.defaults.timezone),
    params: compileParamDefinitions(itemsOf(fields.params)),
    maxParallelSteps: valueOr(fields.max_parallel_steps, null),
    timeoutMs: valueOr(fields.timeout, null),
    failureMode: valueOr(fields.failure_mode, "fail_after_running"),
    steps: compileSteps(itemsOf(fields.steps), sources),
  };
}

/** What belongs to operation. The owner is the project's where the workflow names none. */
export function compileProperties(fields: WorkflowFields, owner: string | null): WorkflowProperties {
  const expect = fields.expect?.value;
  return {
    description: valueOr(fields.description, null),
    owner: valueOr(fields.owner, owner),
    labels: Object.fromEntries(itemsOf(fields.labels).map(({ key, value }) => [key, value.value])),
    priority: valueOr(fields.priority, "normal"),
    runStrategy: compileRunStrategy(fields.run_strategy?.value),
    expect:
      expect === undefined
        ? null
        : { completeBy: valueOr(expect.complete_by, null), withinMs: valueOr(expect.within, null) },
    alerts: itemsOf(fields.alerts).map(({ node }) => jsonOf(node)),
  };
}

/** Runs at once for `parallel` without a limit. */
const PARALLEL_RUNS_DEFAULT = 10;

function compileRunStrategy(
  written: NonNullable<WorkflowFields["run_strategy"]>["value"] | undefined,
): RunStrategy {
  const rule = typeof written === "string" ? written : valueOr(written?.rule, "sequential");
  const limit = typeof written === "string" ? undefined : written?.limit?.value;
  return { rule, limit: rule === "parallel" ? (limit ?? PARALLEL_RUNS_DEFAULT) : 1 };
}
