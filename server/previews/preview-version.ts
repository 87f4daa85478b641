import {
  canonicalHash,
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
