import type { WorkflowKey } from "./store.js";

/**
 * The signal that the end of every run records in the same transaction, so that what waits for it starts exactly once.
 * Its params are `{ status }`. The names of authors' signals cannot hold a slash, so nobody else can emit it.
 */
export function runEndedSignal({ project, environment, workflow }: WorkflowKey): string {
  return `headwater/run-ended/${project}/${environment}/${workflow}`;
}
