import { createLazyEvaluator } from "./lazy-evaluator.js";
import { planLevel } from "./plan.js";
import type { RunInput } from "./run-input.js";
import { createBlock } from "./run-state.js";
import type { RunState } from "./run-state.js";

/** A run in its queue: nothing has happened to it. */
export function createRun({ evaluator, ...input }: RunInput): RunState {
  const { definition } = input;
  const level = planLevel(definition.steps);
  return {
    definition,
    input,
    evaluator: evaluator ?? createLazyEvaluator(),
    status: "queued",
    attempt: 1,
    attemptMax: 0,
    endedLoops: 0,
    retired: new Map(),
    startedAt: null,
    lateAt: null,
    root: createBlock({
      level,
      path: "",
      parent: null,
      count: 1,
      items: [],
      window: 1,
    }),
    base: {},
    jobs: level.jobs,
    openIterations: 0,
    active: 0,
    ready: [],
    readyFrom: 0,
    stopping: null,
    hasFailedImmediately: false,
    paused: null,
    pauses: 0,
    parentPause: 0,
    breakpoints: new Map(),
    workflowBreakpoints: new Map(),
  };
}
