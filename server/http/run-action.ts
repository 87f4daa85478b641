import type { PastAction, RunAction } from "@headwater/api";
import type { Action } from "@headwater/engine";
import type { Json } from "@headwater/workflow";
import type { RunActionRow } from "../store/store.js";

/** What is asked of the engine. */
export function toEngineAction(request: Exclude<RunAction, { readonly action: "restart" }>): Action {
  switch (request.action) {
    case "pause":
    case "resume":
      return { name: request.action, path: request.path ?? null };
    case "skip":
      return { name: "skip", path: request.path, outputs: request.outputs ?? null };
    case "set_max_parallel":
      return { name: "set_max_parallel", path: request.path, maxParallel: request.maxParallel };
    case "set_breakpoint":
    case "clear_breakpoint":
      return { name: request.action, step: request.step };
    default:
      return { name: request.action, path: request.path };
  }
}

/** What somebody did, as the API shows it. */
export function pastActionAnswer({ seq, at, event }: RunActionRow): PastAction {
  switch (event.kind) {
    case "cancel":
      return { seq, at, action: "cancel", path: null, by: event.by, reason: event.reason, details: {} };
    case "approve": {
      const { path, by, approved, comment } = event;
      return { seq, at, action: approved ? "approve" : "reject", path, by, reason: comment, details: {} };
    }
    case "action": {
      const { by, reason, action } = event;
      const { name, path, details } = partsOf(action);
      return { seq, at, action: name, path, by, reason, details };
    }
  }
}

/** What a restart began with, and what it changed: of a version its number and its commit. */
function restartDetails({
  from,
  params,
  version,
}: Action & { readonly name: "restart" }): Readonly<Record<string, Json>> {
  return {
    ...(from === "step" ? {} : { from }),
    ...(version === null ? {} : { version: version.number, commit: version.commit }),
    ...(params === null ? {} : { params }),
  };
}

function partsOf(action: Action): {
  readonly name: string;
  readonly path: string | null;
  readonly details: Readonly<Record<string, Json>>;
} {
  const { name } = action;
  switch (name) {
    case "set_breakpoint":
    case "clear_breakpoint":
      return { name, path: action.step, details: {} };
    case "skip":
      return { name, path: action.path, details: action.outputs === null ? {} : { outputs: action.outputs } };
    case "restart":
      return { name, path: action.path, details: restartDetails(action) };
    case "set_max_parallel":
      return { name, path: action.path, details: { maxParallel: action.maxParallel } };
    default:
      return { name, path: action.path, details: {} };
  }
}
