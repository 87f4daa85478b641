/** Every status of a run. */
export const RUN_STATUSES = [
  "queued",
  "running",
  "succeeded",
  "failed",
  "timed_out",
  "canceled",
  "superseded",
] as const;

/** The life of a run. Drawn in `docs/states.md` from the table below, which is the only owner of it. */
export type RunStatus = (typeof RUN_STATUSES)[number];

/** From each status to those that may follow it. */
export const RUN_TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ["running", "canceled", "superseded"],
  running: ["succeeded", "failed", "timed_out", "canceled", "superseded"],
  // A restart.
  succeeded: ["queued"],
  failed: ["queued"],
  timed_out: ["queued"],
  canceled: ["queued"],
  superseded: ["queued"],
};

/** Whether a run with that status changes no more, unless somebody restarts it. */
export function isRunEnded(status: RunStatus): boolean {
  return status !== "queued" && status !== "running";
}
