/** What `run.trigger` may be. */
export const RUN_TRIGGERS = ["manual", "schedule", "signal", "all", "workflow", "step", "backfill"] as const;
