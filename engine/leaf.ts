import type { LeafStep, StepDefinition } from "@headwater/workflow";

/** Whether a step is executed by attempts on a worker; all others the engine carries out itself. */
export function isLeaf(definition: StepDefinition): definition is LeafStep {
  return IS_LEAF[definition.kind];
}

const IS_LEAF: Readonly<Record<StepDefinition["kind"], boolean>> = {
  run: true,
  sql: true,
  http: true,
  notebook: true,
  noop: true,
  foreach: false,
  while: false,
  workflow: false,
  approval: false,
  sleep: false,
};
