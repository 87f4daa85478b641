import type { NewSignal, WorkflowKey } from "./store.js";

/**
 * The signal that the end of every run records in the same transaction, so that what waits for it starts exactly once.
 * The names of authors' signals cannot hold a slash, so nobody else can emit it.
 */
export function runEndedSignal({ project, environment, workflow }: WorkflowKey): string {
  return `headwater/run-ended/${project}/${environment}/${workflow}`;
}

/** That signal for one run; its params are `{ status }`. */
export function runEnded(
  run: WorkflowKey & { readonly id: string; readonly attempt: number },
  end: { readonly status: string; readonly at: number },
): NewSignal {
  const { status, at } = end;
  // Every end counts, also after a restart.
  const key = run.attempt === 1 ? `${run.id}/ended` : `${run.id}/ended/${run.attempt}`;
  return {
    key,
    signal: runEndedSignal(run),
    params: { status },
    environment: run.environment,
    runId: run.id,
    at,
  };
}

/** The signal that is recorded once of a run that is late, for whoever tells people; its params are `{ due_at }`. */
export function runLate(
  run: WorkflowKey & { readonly id: string },
  { dueAt, at }: { readonly dueAt: number; readonly at: number },
): NewSignal {
  const { project, environment, workflow, id } = run;
  const signal = `headwater/run-late/${project}/${environment}/${workflow}`;
  return {
    key: `${id}/late`,
    signal,
    params: { due_at: new Date(dueAt).toISOString() },
    environment,
    runId: id,
    at,
  };
}
