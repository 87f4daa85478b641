import type { Step } from "@headwater/api";

/** A step that succeeded in two seconds, but for what is given. */
export function stepOf(given: Partial<Step>): Step {
  return {
    position: 1,
    path: "step",
    kind: "run",
    labels: {},
    status: "succeeded",
    attempt: 1,
    queuedAt: 0,
    startedAt: 0,
    endedAt: 2000,
    reason: null,
    outputs: null,
    iterations: null,
    jobs: null,
    startedRun: null,
    runAttempt: null,
    actions: [],
    ...given,
  };
}
