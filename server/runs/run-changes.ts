import type { Change } from "../changes/change-feed.js";
import type { RunAdvance, RunRow } from "../store/store.js";

/** What a run has become. */
export interface RunChange {
  readonly advance: RunAdvance;
  /** The run itself, not only its steps, is no longer what it was. */
  readonly isRunChanged: boolean;
}

/** What people who watch are told of it, once it is durable. */
export function changesOf(row: RunRow, { advance, isRunChanged }: RunChange): readonly Change[] {
  const { id: runId, project, workflow, number, status } = row;
  const steps = advance.steps.map(({ path, status, attempt }): Change => ({
    kind: "step",
    runId,
    path,
    status,
    attempt,
  }));
  return isRunChanged ? [...steps, { kind: "run", runId, project, workflow, number, status }] : steps;
}
