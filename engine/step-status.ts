import { ENDED_STEP_STATUSES, STEP_STATUSES } from "@headwater/workflow";

export { STEP_STATUSES };

/** Where a step stands. */
export type StepStatus = (typeof STEP_STATUSES)[number];

/** Where an attempt, or what stands for it, may lead. */
const ENDS_OF_AN_ATTEMPT = [
  "retrying",
  "succeeded",
  "failed",
  "timed_out",
  "canceled",
  "skipped",
  "ignored_failure",
] as const;

/**
 * The life of a step: from each status to those that may follow it; what has ended may be done again. Drawn in `docs/states.md`
 * from this table, which is the only owner of it: a status that a step may not take from where it stands is a bug.
 */
export const STEP_TRANSITIONS: Readonly<Record<StepStatus, readonly StepStatus[]>> = {
  // A sleep, a loop and an approval have no queue: they begin at once. An expression that fails ends a step before it began.
  waiting: [
    "paused",
    "waiting_for_signal",
    "queued",
    "running",
    "succeeded",
    "failed",
    "canceled",
    "skipped",
    "upstream_failed",
    "ignored_failure",
  ],
  // An approval is paused until somebody answers; other steps until they are resumed, and go on where they were.
  paused: [
    "waiting",
    "waiting_for_signal",
    "succeeded",
    "failed",
    "timed_out",
    "canceled",
    "skipped",
    "ignored_failure",
  ],
  // Once its gates are open a step goes on as if it had not waited for them.
  waiting_for_signal: [
    "paused",
    "queued",
    "running",
    "failed",
    "timed_out",
    "canceled",
    "skipped",
    "ignored_failure",
  ],
  queued: ["paused", "starting", "running", ...ENDS_OF_AN_ATTEMPT],
  starting: ["running", ...ENDS_OF_AN_ATTEMPT],
  running: ENDS_OF_AN_ATTEMPT,
  retrying: ["paused", "queued", "canceled", "skipped"],
  succeeded: ["waiting"],
  failed: ["waiting", "skipped"],
  timed_out: ["waiting", "skipped"],
  canceled: ["waiting", "skipped"],
  skipped: ["waiting"],
  upstream_failed: ["waiting", "skipped"],
  ignored_failure: ["waiting"],
};

const ENDED: ReadonlySet<StepStatus> = new Set(ENDED_STEP_STATUSES);

/** Whether a step with that status changes no more, unless somebody restarts it. */
export function isStepEnded(status: StepStatus): boolean {
  return ENDED.has(status);
}

/** How joins count an ended step; `neither` for one that was skipped or canceled. */
export function joinsAs(status: StepStatus): "succeeded" | "failed" | "neither" {
  switch (status) {
    case "succeeded":
    case "ignored_failure":
      return "succeeded";
    case "failed":
    case "timed_out":
    case "upstream_failed":
      return "failed";
    default:
      return "neither";
  }
}
