import {
  canonicalHash,
  type CompiledProject,
  type CompiledWorkflow,
  type StepDefinition,
  type WorkflowDefinition,
} from "@headwater/workflow";
import type { VersionRow } from "../store/store.js";

/**
 * A workflow as a preview runs it: nothing starts it, it waits for no signal and emits none. Signals know no environment, so that what is
 * deployed would hear them, and it would hear what is meant for others.
 */
export function previewDefinition(definition: WorkflowDefinition): WorkflowDefinition {
  return { ...definition, triggers: [], steps: definition.steps.map(withoutSignals) };
}

function withoutSignals(step: StepDefinition): StepDefinition {
  const quiet = { emit: [], waitFor: [] };
  return "steps" in step
    ? { ...step, ...quiet, steps: step.steps.map(withoutSignals) }
    : { ...step, ...quiet };
}

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

/** Its numbers are of the pull request's own: no version of what is deployed is passed over. */
export function previewVersion(
  { id: workflow, definition, fingerprint }: CompiledWorkflow,
  place: {
    readonly project: string;
    readonly environment: string;
    readonly commit: string;
    readonly createdAt: number;
  },
): VersionRow {
  const project = `${place.project} ${place.environment}`;
  const { commit, createdAt } = place;
  const id = `ver_${canonicalHash([project, workflow, fingerprint]).slice(0, 26)}`;
  return {
    id,
    project,
    workflow,
    number: 0,
    fingerprint,
    commit,
    createdAt,
    definition: previewDefinition(definition),
  };
}
