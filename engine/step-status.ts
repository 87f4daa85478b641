/** The life of a step. Drawn in `docs/states.md`. */
export type StepStatus =
  | "waiting"
  | "paused"
  | "waiting_for_signal"
  | "queued"
  | "starting"
  | "running"
  | "retrying"
  | "succeeded"
  | "failed"
  | "timed_out"
  | "canceled"
  | "skipped"
  | "upstream_failed"
  | "ignored_failure";
