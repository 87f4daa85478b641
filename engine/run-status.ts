/** Run: `queued` → `running` → one of the five ends. Drawn in `docs/states.md`. */
export type RunStatus =
  "queued" | "running" | "succeeded" | "failed" | "timed_out" | "canceled" | "superseded";
