import { arrivalOf } from "@headwater/engine";
import type { JoinTrigger, SignalTrigger, WorkflowDefinition, WorkflowTrigger } from "@headwater/workflow";
import { joinIdOf } from "../store/join-id.js";
import { runEndedSignal } from "../store/run-ended-signal.js";
import type { JoinKey, SignalRow, WorkflowRow } from "../store/store.js";

/** A signal before a trigger that may hear it. */
export type Hearing = {
  readonly signal: SignalRow;
  readonly workflow: WorkflowRow;
  readonly definition: WorkflowDefinition;
  /** Of the trigger within its workflow. */
  readonly index: number;
} & (
  | { readonly trigger: WorkflowTrigger | SignalTrigger }
  | {
      readonly trigger: JoinTrigger;
      readonly key: JoinKey;
      /** Those of the joined signals for which it counts. */
      readonly names: readonly string[];
    }
);

/** Every trigger of the workflow that the signal is for; `if` is not asked here. */
export function hearingsOf(
  signal: SignalRow,
  workflow: WorkflowRow,
  definition: WorkflowDefinition,
): readonly Hearing[] {
  // Last in each object: one that begins with another takes a hundred times as long to make.
  const heard = { signal, workflow, definition };
  return definition.triggers.flatMap((trigger, index): readonly Hearing[] => {
    switch (trigger.kind) {
      case "schedule":
        return [];
      case "signal":
        return trigger.signal === signal.signal ? [{ index, trigger, ...heard }] : [];
      case "workflow":
        return hearsRunEnd(trigger, signal, workflow) ? [{ index, trigger, ...heard }] : [];
      case "all":
        return joinHearing(trigger, { index, ...heard });
    }
  });
}

function joinHearing(trigger: JoinTrigger, heard: Omit<Hearing, "trigger">): readonly Hearing[] {
  const arrival = arrivalOf(trigger, heard.signal);
  if (arrival === null) return [];
  const { project, environment, workflow } = heard.workflow;
  const key = { project, environment, workflow, joinId: joinIdOf(trigger), key: arrival.key };
  return [{ trigger, key, names: arrival.names, ...heard }];
}

function hearsRunEnd(trigger: WorkflowTrigger, signal: SignalRow, workflow: WorkflowRow): boolean {
  if (signal.signal !== runEndedSignal({ ...workflow, workflow: trigger.workflow })) return false;
  const { status } = signal.params;
  if (trigger.on === "succeeded") return status === "succeeded";
  if (trigger.on === "failed") return status === "failed" || status === "timed_out";
  return status !== "superseded";
}
