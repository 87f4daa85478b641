export type { AttemptRequest, TextOrSecret } from "./attempt-request.js";
export type { Decision } from "./decide.js";
export type { Effect } from "./effect.js";
export type { AttemptResult, RunEvent, StepPath, TimerId } from "./event.js";
export type { RunStatus } from "./run-status.js";
export type { StepChange } from "./step-change.js";
export type { StepStatus } from "./step-status.js";
