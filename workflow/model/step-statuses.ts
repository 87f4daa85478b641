/** The states in which a step has ended. */
export const ENDED_STEP_STATUSES = [
  "succeeded",
  "failed",
  "timed_out",
  "canceled",
  "skipped",
  "upstream_failed",
  "ignored_failure",
] as const;

/** Every state of a step, as expressions see it: `steps.<id>.status`. Drawn in docs/states.md. */
export const STEP_STATUSES = [
  "waiting",
  "paused",
  "waiting_for_signal",
  "queued",
  "starting",
  "running",
  "retrying",
  ...ENDED_STEP_STATUSES,
] as const;
