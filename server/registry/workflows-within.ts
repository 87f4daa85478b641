import type { CompiledProject, CompiledWorkflow, StepDefinition } from "@headwater/workflow";

/** A workflow and all that its steps run, each once; those that the project does not have are left out. */
export function workflowsWithin(
  workflow: CompiledWorkflow,
  { workflows }: Pick<CompiledProject, "workflows">,
): readonly CompiledWorkflow[] {
  const found = new Set([workflow]);
  for (const { definition } of found)
    for (const id of runBy(definition.steps)) {
      const other = workflows.find((one) => one.id === id);
      if (other !== undefined) found.add(other);
    }
  return [...found];
}

function runBy(steps: readonly StepDefinition[]): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === "workflow") return [step.workflow];
    return "steps" in step ? runBy(step.steps) : [];
  });
}
