import { jitterFor, type CompiledWorkflow, type ScheduleTrigger } from "@headwater/workflow";
import type { ActivatedWorkflow, NewSchedule, VersionRow, WorkflowKey } from "../store/store.js";
import { stableId } from "./stable-id.js";

/** Where a workflow is deployed, from which commit, and when. */
export interface Placement {
  readonly project: string;
  readonly environment: string;
  /** Whether schedules and signals fire in this environment. */
  readonly triggers: boolean;
  readonly commit: string;
  readonly now: number;
  /** The first slot after an instant; null when there is none. */
  readonly nextFire: (trigger: ScheduleTrigger, after: number) => number | null;
}

/** What the store is to hold of one compiled workflow. */
export function activateWorkflow(workflow: CompiledWorkflow, placement: Placement): ActivatedWorkflow {
  const { project, commit, now } = placement;
  return {
    workflow: workflow.id,
    path: workflow.path,
    version: versionOf(workflow, { project, commit, now }),
    properties: workflow.properties,
    schedules: placement.triggers ? schedulesOf(workflow, placement) : [],
  };
}

/**
 * What an earlier life of the service has made of a workflow is unpacked when it is first asked for.
 * @yields after each: thousands take a while
 */
export function* unpackDefinitions(workflows: readonly CompiledWorkflow[]): Generator<undefined, void> {
  for (const workflow of workflows) yield void workflow.definition;
}

/** What the store is to hold of its meaning, under the next number of the workflow where it has not got it yet. */
export function versionOf(
  workflow: CompiledWorkflow,
  { project, commit, now }: Pick<Placement, "project" | "commit" | "now">,
): VersionRow {
  const { id, fingerprint, definition } = workflow;
  return {
    id: versionId(project, workflow),
    project,
    workflow: id,
    number: 0,
    fingerprint,
    commit,
    createdAt: now,
    definition,
  };
}

/** The same definition is the same version in every environment, at every commit, after any revert. */
export function versionId(project: string, workflow: CompiledWorkflow): string {
  return stableId("ver", [project, workflow.id, workflow.fingerprint]);
}

/** A schedule that fires when it did keeps its id, and by it its next slot; two equal ones are told apart by their order. */
function schedulesOf(workflow: CompiledWorkflow, placement: Placement): readonly NewSchedule[] {
  const { project, environment, now } = placement;
  const key = { project, environment, workflow: workflow.id };
  const seen = new Map<string, number>();
  return workflow.definition.triggers
    .filter((trigger) => trigger.kind === "schedule")
    .map((trigger) => {
      const name = scheduleId(key, trigger, 0);
      const occurrence = seen.get(name) ?? 0;
      seen.set(name, occurrence + 1);
      const id = occurrence === 0 ? name : scheduleId(key, trigger, occurrence);
      const nextSlotAt = placement.nextFire(trigger, now);
      const nextAt = nextSlotAt === null ? null : nextSlotAt + jitterFor(id, trigger.jitterMs);
      return { id, trigger, nextSlotAt, nextAt };
    });
}

/** Of what decides when the slots are, and of nothing else: who changes the params or the jitter waits for the same slot. */
function scheduleId(key: WorkflowKey, trigger: ScheduleTrigger, occurrence: number): string {
  const { schedule, timezone, gap, overlap, startsAt, endsAt } = trigger;
  const timing = { schedule, timezone, gap, overlap, startsAt, endsAt };
  return stableId("sch", [key.project, key.environment, key.workflow, timing, occurrence]);
}
