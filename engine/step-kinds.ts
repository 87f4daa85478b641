import type { LeafStep, LoopStep, StepDefinition, WorkflowStep } from "@headwater/workflow";

/** Whether attempts on a worker execute the step: it takes one of the run's places. */
export function isLeaf(definition: StepDefinition): definition is LeafStep {
  return IS_LEAF[definition.kind];
}

/** Whether the step is carried out in attempts, which answer: on a worker, or as a run of another workflow. */
export function hasAttempts(definition: StepDefinition): definition is LeafStep | WorkflowStep {
  return definition.kind === "workflow" || isLeaf(definition);
}

/** Whether the step has steps of its own. */
export function isLoop(definition: StepDefinition): definition is LoopStep {
  return definition.kind === "foreach" || definition.kind === "while";
}

const IS_LEAF: Readonly<Record<StepDefinition["kind"], boolean>> = {
  run: true,
  sql: true,
  http: true,
  notebook: true,
  plugin: true,
  noop: true,
  foreach: false,
  while: false,
  workflow: false,
  approval: false,
  sleep: false,
};
