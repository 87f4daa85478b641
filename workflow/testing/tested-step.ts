import type { LoopStep, StepDefinition, WorkflowDefinition } from "../definition/definition.js";

/** A step that a test names: `load.copy` of the tested workflow, or `report.extract` of one that its step `report` runs. */
export interface TestedStep {
  readonly step: StepDefinition;
  /** The workflow that it is a step of. */
  readonly workflow: WorkflowDefinition;
  /** The loops around it in that workflow, the outermost first. */
  readonly loops: readonly LoopStep[];
}

/** The definition of a workflow of the project; undefined when there is none. */
export type DefinitionLookup = (id: string) => WorkflowDefinition | undefined;

/** The step of that dotted path; null when there is none. Workflows may run each other in a circle; a path ends. */
export function findTestedStep(
  path: string,
  workflow: WorkflowDefinition,
  definitionOf: DefinitionLookup,
): TestedStep | null {
  let found: TestedStep | null = null;
  let inside: Omit<TestedStep, "step"> & { readonly steps: readonly StepDefinition[] } = {
    workflow,
    loops: [],
    steps: workflow.steps,
  };
  for (const id of path.split(".")) {
    const step = inside.steps.find((candidate) => candidate.id === id);
    if (step === undefined) return null;
    found = { step, workflow: inside.workflow, loops: inside.loops };
    inside = insideOf(found, definitionOf);
  }
  return found;
}

/** The dotted paths of all steps of a workflow itself, outer before inner. */
export function pathsOfSteps(steps: readonly StepDefinition[], prefix = ""): readonly string[] {
  return steps.flatMap((step) => {
    const path = `${prefix}${step.id}`;
    return "steps" in step ? [path, ...pathsOfSteps(step.steps, `${path}.`)] : [path];
  });
}

function insideOf(
  { step, workflow, loops }: TestedStep,
  definitionOf: DefinitionLookup,
): Omit<TestedStep, "step"> & { readonly steps: readonly StepDefinition[] } {
  if ("steps" in step) return { workflow, loops: [...loops, step], steps: step.steps };
  const other = step.kind === "workflow" ? definitionOf(step.workflow) : undefined;
  return other === undefined
    ? { workflow, loops, steps: [] }
    : { workflow: other, loops: [], steps: other.steps };
}
