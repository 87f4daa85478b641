import type { SignalMatch, Trigger } from "@headwater/workflow";
import { runEndedSignal } from "./run-ended-signal.js";
import type { WorkflowKey } from "./store.js";

/** What a trigger listens to; the end of another workflow's run is a signal as well. */
export function heardBy(
  trigger: Trigger,
  { project, environment }: Pick<WorkflowKey, "project" | "environment">,
): readonly { readonly signal: string; readonly match: readonly SignalMatch[] }[] {
  switch (trigger.kind) {
    case "signal":
      return [trigger];
    case "all":
      return trigger.signals;
    case "workflow":
      return [{ signal: runEndedSignal({ project, environment, workflow: trigger.workflow }), match: [] }];
    case "schedule":
      return [];
  }
}
