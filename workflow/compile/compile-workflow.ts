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
    id: fields.workflow?.value ?? "",
    triggers: compileTriggers(fields.triggers?.value ?? [], sources.defaults.timezone),
    params: compileParamDefinitions(fields.params?.value ?? []),
    maxParallelSteps: fields.max_parallel_steps?.value ?? null,
    timeoutMs: fields.timeout?.value ?? null,
    failureMode: fields.failure_mode?.value ?? "fail_after_running",
    steps: compileSteps(fields.steps?.value ?? [], sources),
  };
}

/** What belongs to operation. The owner is the project's where the workflow names none. */
export function compileProperties(fields: WorkflowFields, owner: string | null): WorkflowProperties {
  const expect = fields.expect?.value;
  return {
    description: fields.description?.value ?? null,
    owner: fields.owner?.value ?? owner,
    labels: Object.fromEntries((fields.labels?.value ?? []).map(({ key, value }) => [key, value.value])),
    priority: fields.priority?.value ?? "normal",
    runStrategy: compileRunStrategy(fields.run_strategy?.value),
    expect:
      expect === undefined
        ? null
        : { completeBy: expect.complete_by?.value ?? null, withinMs: expect.within?.value ?? null },
    alerts: (fields.alerts?.value ?? []).map(({ node }) => jsonOf(node)),
  };
}

/** Runs at once for `parallel` without a limit. */
const PARALLEL_RUNS_DEFAULT = 10;

function compileRunStrategy(
  written: NonNullable<WorkflowFields["run_strategy"]>["value"] | undefined,
): RunStrategy {
  const rule = typeof written === "string" ? written : (written?.rule?.value ?? "sequential");
  const limit = typeof written === "string" ? undefined : written?.limit?.value;
  return { rule, limit: rule === "parallel" ? (limit ?? PARALLEL_RUNS_DEFAULT) : 1 };
}
