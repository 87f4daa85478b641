import type { ActionProblem, RunEvent } from "@headwater/engine";
import { ServiceError } from "../errors.js";
import type { RunRow, Store } from "../store/store.js";
import { runName } from "./run-name.js";

/** What somebody asks of a run. */
export type RunRequest = Extract<RunEvent, { readonly kind: "action" | "cancel" }>;

/** What became of it: it is durable, it will never be, the run is not here, or it is not allowed now. */
export type RequestOutcome = "done" | "lost" | "gone" | ActionProblem;

export interface RunActionsOptions {
  readonly store: Pick<Store, "findRun">;
  /** Asks the run, when it is here. */
  readonly ask: (runId: string, request: RunRequest) => Promise<RequestOutcome>;
}

/**
 * Takes what people ask of runs. A request is judged when it is decided, never before, so that of two who press the same
 * button one gets it done and the other hears why it no longer can be. Who hears that it is done has it on disk.
 */
export class RunActions {
  readonly #options: RunActionsOptions;

  constructor(options: RunActionsOptions) {
    this.#options = options;
  }

  /** @throws ServiceError run-not-found, run-ended, step-not-found, action-not-allowed, invalid-action, store-waiting */
  async act(runId: string, request: RunRequest): Promise<void> {
    const outcome = await this.#options.ask(runId, request);
    if (outcome === "done") return;
    const row = await this.#options.store.findRun(runId);
    const action = `Cannot ${actionText(request)}run "${row === null ? runId : runName(row)}"`;
    if (outcome === "gone") throw whyGone(row, action);
    if (outcome === "lost") throw new ServiceError("store-waiting", `${action}: it could not be written`);
    throw new ServiceError(CODES[outcome.kind], `${action}: ${outcome.words}`);
  }
}

function whyGone(row: RunRow | null, action: string): ServiceError {
  if (row === null) return new ServiceError("run-not-found", `${action}: there is no such run`);
  if (row.endedAt === null) return new ServiceError("store-waiting", `${action}: the service is not ready`);
  return new ServiceError("run-ended", `${action}: it has already ended, it is ${row.status}`);
}

const CODES = {
  no_step: "step-not-found",
  not_allowed: "action-not-allowed",
  invalid: "invalid-action",
} as const;

/** What goes before the run: `pause step "load" of `, or of the whole run `pause `. */
function actionText(request: RunRequest): string {
  if (request.kind === "cancel") return "cancel ";
  const { action } = request;
  switch (action.name) {
    case "set_breakpoint":
      return `set a breakpoint at step "${action.step}" of `;
    case "clear_breakpoint":
      return `clear the breakpoint at step "${action.step}" of `;
    case "set_max_parallel":
      return `set max_parallel of step "${action.path}" of `;
    default:
      return action.path === null ? `${action.name} ` : `${action.name} step "${action.path}" of `;
  }
}
