/** The life of a run. Drawn in `docs/states.md` from the table below, which is the only owner of it. */
export type RunStatus =
  "queued" | "running" | "succeeded" | "failed" | "timed_out" | "canceled" | "superseded";

/** From each status to those that may follow it; an ended one has none. */
export const RUN_TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ["running", "canceled", "superseded"],
  running: ["succeeded", "failed", "timed_out", "canceled", "superseded"],
  succeeded: [],
  failed: [],
  timed_out: [],
  canceled: [],
  superseded: [],
};

/** Whether a run with that status will never change again. */
export function isRunEnded(status: RunStatus): boolean {
  return RUN_TRANSITIONS[status].length === 0;
}
