export { answerProblem } from "./approval.js";
export type { AnswerProblem } from "./approval.js";
export { attemptRequest } from "./attempt-request.js";
export type { AttemptRequest, RequestResult, TextOrSecret } from "./attempt-request.js";
export { admitWithBackfills, reasonWithBackfills } from "./backfill/admit-backfills.js";
export type { SharedQueue } from "./backfill/admit-backfills.js";
export { BACKFILL_BEGINNING, backfillPage, schedulesAt } from "./backfill/backfill-items.js";
export type {
  BackfillCursor,
  BackfillItem,
  BackfillOrder,
  BackfillPage,
  BackfillPlan,
  BackfillSelection,
  ScheduleEra,
} from "./backfill/backfill-items.js";
export { countCombinations, readChoices } from "./backfill/param-choices.js";
export type { ParamChoices, ValueRange, WrittenChoices } from "./backfill/param-choices.js";
export { describeSteps } from "./changes.js";
export { createRun } from "./create-run.js";
export { decide } from "./decide.js";
export type { Decision } from "./decide.js";
export type { CacheQuestion, Effect } from "./effect.js";
export { DUE_TIMER, RUN_TIMER } from "./event.js";
export type {
  AttemptName,
  AttemptResult,
  BreakpointChange,
  RunEvent,
  StepPath,
  Taken,
  TimerId,
  WorkflowBreakpoint,
} from "./event.js";
export { OPEN_ITERATIONS_MAX, QUEUED_AHEAD } from "./openings.js";
export { actionProblem, isToPause, requestProblem, standingOf } from "./operations/action-problem.js";
export { hasStep, knowsBreakpoints } from "./operations/workflow-breakpoints.js";
export { isDeafTo } from "./operations/nested-pause.js";
export { actorText } from "./operations/action.js";
export type { Action, ActionProblem, Actor, Binding, BoundVersion } from "./operations/action.js";
export { RUN_ACTIONS, STEP_ACTIONS, runActions, stepActions } from "./operations/allowed-actions.js";
export type { RunAction, RunStanding, StepAction, StepStanding } from "./operations/allowed-actions.js";
export { PARAMS_BYTES_MAX, resolveParams } from "./params.js";
export type { ParamProblem, ParamsContext, ResolvedParams } from "./params.js";
export { countLost } from "./recover.js";
export { attemptsOut, pendingEffects, stepKind } from "./pending-effects.js";
export type { RunFacts, RunInput } from "./run-input.js";
export type { RunState } from "./run-state.js";
export { jobsOf } from "./roll-up.js";
export type { JobCounts } from "./job-counts.js";
export { admit, queueReason } from "./run-strategy.js";
export type { Admission, Displaced, RunQueue, RunRef } from "./run-strategy.js";
export { RUN_STATUSES, RUN_TRANSITIONS, isRunEnded } from "./run-status.js";
export type { RunStatus } from "./run-status.js";
export { assumedOutputs } from "./simulator/assumed-outputs.js";
export type { AssumedOutputs } from "./simulator/assumed-outputs.js";
export { createTestTools, runTestCase, runTestCaseInSteps } from "./simulator/run-test-case.js";
export type { TestCaseResult, TestedWorkflow, TestTools } from "./simulator/run-test-case.js";
export type { Branch, BranchCoverage } from "./simulator/branch-coverage.js";
export { sumCoverage } from "./simulator/sum-coverage.js";
export type { StepCoverage, TimelineEntry, WorkflowCoverage } from "./simulator/recording.js";
export type { TestFailure } from "./simulator/test-failure.js";
export { TIMELINE_MAX } from "./simulator/recording.js";
export { impliedTrigger } from "./simulator/implied-trigger.js";
export { wantedSignal } from "./simulator/wanted-signal.js";
export { simulate, simulateInSteps } from "./simulator/simulate.js";
export type { SimulationOptions, SimulationResult, WorkflowLookup } from "./simulator/simulate.js";
export { restoreRun } from "./snapshot/restore-run.js";
export type { Restoration } from "./snapshot/restore-run.js";
export { takeSnapshot } from "./snapshot/take-snapshot.js";
export type { StepChange } from "./step-change.js";
export { dottedPath } from "./step-path.js";
export { STEP_STATUSES, STEP_TRANSITIONS, isStepEnded } from "./step-status.js";
export type { StepStatus } from "./step-status.js";
export type { HeardSignal } from "./triggers/heard-signal.js";
export { arrivalOf, joinSignal, signalsScope } from "./triggers/joined-signals.js";
export type { JoinArrival, JoinedSignals, JoinStep } from "./triggers/joined-signals.js";
export { criticalPathOf } from "./critical-path.js";
export type { CriticalPath, PathPart, Spent, StepTime } from "./critical-path.js";
export { TimeTrace } from "./time-trace.js";
export type { TimeKind, TimeSpan } from "./time-trace.js";
export { outcomeOfEvent, timelineOf } from "./timeline.js";
export type { EventOutcome, TimelineLine } from "./timeline.js";
export { describeWaits } from "./waits.js";
export { outerWaits } from "./outer-waits.js";
export type { Holder } from "./holder.js";
export type { StepWait, WaitKind } from "./waits.js";
export { hearsSignal, signalScope } from "./triggers/signal-trigger.js";
export { dedupeText, triggeredParams } from "./triggers/triggered-params.js";
export type { TriggeredParams, UsableParams } from "./triggers/triggered-params.js";
