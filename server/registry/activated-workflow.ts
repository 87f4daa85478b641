import {
  jitterFor,
  nextFire,
  type CompiledWorkflow,
  type Json,
  type ScheduleTrigger,
} from "@headwater/workflow";
import type { ActivatedWorkflow, NewSchedule, WorkflowKey } from "../store/store.js";
import { stableId } from "./stable-id.js";

/** Where a workflow is deployed, from which commit, and when. */
export interface Placement {
  readonly project: string;
  readonly environment: string;
  /** Whether schedules and signals fire in this environment. */
  readonly triggers: boolean;
  readonly commit: string;
  readonly now: number;
}

/** What the store is to hold of one compiled workflow. */
export function activateWorkflow(workflow: CompiledWorkflow, placement: Placement): ActivatedWorkflow {
  const { project, environment, commit, now } = placement;
  return {
    workflow: workflow.id,
    path: workflow.path,
    version: {
      id: versionId(project, workflow),
      project,
      workflow: workflow.id,
      number: 0,
      fingerprint: workflow.fingerprint,
      commit,
      createdAt: now,
      definition: workflow.definition,
    },
    properties: workflow.properties,
    schedules: placement.triggers
      ? schedulesOf(workflow, { project, environment, workflow: workflow.id }, now)
      : [],
  };
}

/** The same definition is the same version in every environment, at every commit, after any revert. */
export function versionId(project: string, workflow: CompiledWorkflow): string {
  return stableId("ver", [project, workflow.id, workflow.fingerprint]);
}

/** A schedule that did not change keeps its id, and by it its next slot; two equal ones are told apart by their order. */
function schedulesOf(workflow: CompiledWorkflow, key: WorkflowKey, now: number): readonly NewSchedule[] {
  const seen = new Map<string, number>();
  return workflow.definition.triggers
    .filter((trigger) => trigger.kind === "schedule")
    .map((trigger) => {
      const name = scheduleId(key, trigger, 0);
      const occurrence = seen.get(name) ?? 0;
      seen.set(name, occurrence + 1);
      const id = scheduleId(key, trigger, occurrence);
      const nextSlotAt = nextFire(trigger, now);
      const nextAt = nextSlotAt === null ? null : nextSlotAt + jitterFor(id, trigger.jitterMs);
      return { id, trigger, nextSlotAt, nextAt };
    });
}

function scheduleId(key: WorkflowKey, trigger: ScheduleTrigger, occurrence: number): string {
  // A trigger is plain data out of the compiler: its type says so field by field, not as a whole.
  return stableId("sch", [
    key.project,
    key.environment,
    key.workflow,
    trigger as unknown as Json,
    occurrence,
  ]);
}
