import { checkValue } from "@headwater/workflow";
import { detailOf, statusOf, stepOf } from "../run-state.js";
import type { Cell, RunState } from "../run-state.js";
import { formatPath, locate, plannedStep } from "../step-path.js";
import type { RunEvent, StepPath } from "../event.js";
import { actorText } from "./action.js";
import type { Action, ActionProblem } from "./action.js";
import { cellAt } from "./reset.js";
import { findIteration } from "./restart-target.js";
import { isOfEnded } from "./skip-failed.js";
import { restartProblem } from "./restart-problem.js";
import { runActions, stepActions } from "./allowed-actions.js";
import type { RunAction, RunStanding, StepStanding } from "./allowed-actions.js";

type StepActionOf = Exclude<
  Extract<Action, { readonly path: string | null }>,
  { readonly name: "restart" }
> & {
  readonly path: string;
};

/** Whether the action may be done now; null when it may. */
export function actionProblem(state: RunState, action: Action): ActionProblem | null {
  switch (action.name) {
    case "set_breakpoint":
    case "clear_breakpoint":
      return breakpointProblem(state, action);
    case "restart":
      return (
        (action.from === "step" ? repeatProblem(state) : runProblem(state, "restart")) ??
        restartProblem(state, action)
      );
    case "skip":
      return skipProblem(state, action);
    case "pause":
    case "resume":
      if (action.path === null) return runProblem(state, action.name);
      return stepProblem(state, { ...action, path: action.path });
    default:
      return stepProblem(state, action);
  }
}

function skipProblem(state: RunState, action: Action & { readonly name: "skip" }): ActionProblem | null {
  return isOfEnded(state, action.path) ? skipFailedProblem(state, action) : stepProblem(state, action);
}

/** A step that has ended is skipped as one is done again: nothing that follows from it may be under way. */
function skipFailedProblem(
  state: RunState,
  action: Action & { readonly name: "skip" },
): ActionProblem | null {
  const target = findIteration(state, action.path);
  const position = target.kind === "found" ? target.positions[0] : undefined;
  if (target.kind !== "found" || position === undefined || action.path.endsWith("]"))
    return noStep(state, action.path);
  const cell = cellAt(target, position);
  const possible = stepActions(stepStandingOf(state, cell), standingOf(state));
  if (!possible.includes("skip")) return notAllowed(stepText(state, cell), possible);
  const again = { name: "restart", from: "step", path: action.path, params: null, version: null } as const;
  return (
    repeatProblem(state) ??
    restartProblem(state, { ...again, previous: null }) ??
    outputsProblem(cell, action.outputs)
  );
}

/** Steps of a run that waits for its turn, or is being stopped, are not done again. */
function repeatProblem(state: RunState): ActionProblem | null {
  if (!standingOf(state).isStopping && state.status !== "queued") return null;
  return notAllowed(`the run is ${runText(state)}`, runActions(standingOf(state)));
}

/** Whether what somebody asks may be done now; null when it may, or when it is no such event. */
export function requestProblem(state: RunState, event: RunEvent): ActionProblem | null {
  if (event.kind === "action") return actionProblem(state, event.action);
  return event.kind === "cancel" ? runProblem(state, "cancel") : null;
}

/** What decides about the run. */
export function standingOf({ status, paused, stopping }: RunState): RunStanding {
  return { status, isPaused: paused !== null, isStopping: stopping !== null && status === "running" };
}

function runProblem(state: RunState, name: RunAction): ActionProblem | null {
  const possible = runActions(standingOf(state));
  if (possible.some((one) => one === name)) return null;
  return notAllowed(`the run is ${runText(state)}`, possible);
}

function breakpointProblem(
  state: RunState,
  { name, step }: Extract<Action, { readonly step: string }>,
): ActionProblem | null {
  const problem = runProblem(state, name);
  if (problem !== null) return problem;
  if (plannedStep(state, step) === null) {
    return { kind: "no_step", words: `its workflow has no step "${step}"` };
  }
  const known = state.breakpoints.get(step);
  if (name === "clear_breakpoint") {
    return known === undefined
      ? { kind: "not_allowed", words: `step "${step}" has no breakpoint${ofWorkflow(state, step)}` }
      : null;
  }
  return known === undefined
    ? null
    : { kind: "not_allowed", words: `it has one already, set by ${known.by}` };
}

/** What a run cannot take away: it holds all of them. */
function ofWorkflow({ workflowBreakpoints, input }: RunState, step: string): string {
  const shared = workflowBreakpoints.get(step);
  return shared === undefined
    ? ""
    : ` of this run; that of the workflow, set ${actorText(shared)}, is taken away from "${input.workflow.id}"`;
}

function stepProblem(state: RunState, action: StepActionOf): ActionProblem | null {
  const run = standingOf(state);
  const cell = locate(state, action.path);
  if (cell === null) return noStep(state, action.path);
  const possible = stepActions(stepStandingOf(state, cell), run);
  if (!possible.some((one) => one === action.name)) return notAllowed(stepText(state, cell), possible);
  return detailProblem(cell, action);
}

/** What decides about the step. */
function stepStandingOf(state: RunState, cell: Cell): StepStanding {
  return {
    status: statusOf(cell),
    kind: stepOf(cell).definition.kind,
    hasBegun: (cell.block.details.get(cell.index)?.startedAt ?? null) !== null,
    isToPause: isToPause(state, formatPath(cell)),
  };
}

/** Whether somebody has said that this instance is to pause when it is reached. */
export function isToPause(state: RunState, path: StepPath): boolean {
  return state.breakpoints.get(path)?.isOnce === true;
}

function detailProblem(cell: Cell, action: StepActionOf): ActionProblem | null {
  if (action.name === "skip") return outputsProblem(cell, action.outputs);
  if (action.name !== "set_max_parallel") return null;
  const isCount = Number.isInteger(action.maxParallel) && action.maxParallel >= 1;
  return isCount ? null : { kind: "invalid", words: "max_parallel must be a whole number from 1 up" };
}

/** Outputs that somebody gives must be all that the step declares, so that who reads them can rely on them. */
function outputsProblem(
  cell: Cell,
  outputs: (Action & { readonly name: "skip" })["outputs"],
): ActionProblem | null {
  if (outputs === null) return null;
  const declared = Object.entries(stepOf(cell).definition.outputs);
  const names = new Set(declared.map(([name]) => name));
  const unknown = Object.keys(outputs).find((name) => !names.has(name));
  if (unknown !== undefined) return { kind: "invalid", words: `the step declares no output "${unknown}"` };
  for (const [name, type] of declared) {
    const value = outputs[name];
    const problem = value === undefined ? "is missing" : checkValue(value, type);
    if (problem !== null) return { kind: "invalid", words: `output "${name}" ${problem}` };
  }
  return null;
}

function noStep(state: RunState, path: string): ActionProblem {
  if (plannedStep(state, path) === null) {
    return { kind: "no_step", words: `its workflow has no step "${path}"` };
  }
  if (state.status !== "running") return { kind: "not_allowed", words: `the run is ${state.status}` };
  return { kind: "no_step", words: `no such instance is under way; "headwater show" lists those that are` };
}

function stepText(state: RunState, cell: Cell): string {
  if (state.status !== "running" || state.stopping !== null) return `the run is ${runText(state)}`;
  const status = statusOf(cell);
  const isAsked =
    status === "paused" && stepOf(cell).definition.kind === "approval" && detailOf(cell).hold === null;
  if (isAsked) return "it waits for approval";
  return status === "paused" && state.paused !== null
    ? "the whole run is paused: resume that"
    : `it is ${status}`;
}

function runText({ status, stopping, paused }: RunState): string {
  if (stopping !== null && status === "running") return `being stopped (${stopping.reason})`;
  if (paused !== null) return `paused already, by ${paused.by}`;
  return status === "running" || status === "queued" ? `${status} and not paused` : status;
}

/** Actions that people type in other words. */
const COMMANDS: Readonly<Record<string, string>> = {
  set_breakpoint: "breakpoint",
  clear_breakpoint: "breakpoint",
  set_max_parallel: "set-max-parallel",
};

function notAllowed(state: string, possible: readonly string[]): ActionProblem {
  const commands = new Set(possible.map((name) => COMMANDS[name] ?? name));
  const words =
    commands.size === 0 ? "nothing can be done to it now" : `possible now: ${[...commands].join(", ")}`;
  return { kind: "not_allowed", words: `${state}; ${words}` };
}
