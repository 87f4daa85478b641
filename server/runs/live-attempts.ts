import { attemptRequest, stepKind } from "@headwater/engine";
import type { Effect, RunEvent, Taken } from "@headwater/engine";
import { attemptNeeds } from "./attempt-needs.js";
import type { Dispatcher } from "./dispatcher.js";
import type { LiveRun } from "./live-run.js";
import type { RunWaits } from "./run-waits.js";
import type { Turns } from "./turns.js";

export interface LiveAttemptsOptions {
  readonly dispatcher: Dispatcher;
  readonly waits: Pick<RunWaits, "unlessRemembered" | "withdraw">;
  readonly turns: Pick<Turns, "propertiesOf">;
  /** Whether a run is still here, and may begin something. */
  readonly isHere: (runId: string) => boolean;
  readonly post: (runId: string, event: RunEvent) => void;
  /** The same, for what may wait a moment to be written. */
  readonly postPatiently: (live: LiveRun, event: RunEvent) => void;
}

/** Hands the attempts that runs ask for to the dispatcher, and what becomes of them back. */
export class LiveAttempts {
  readonly #options: LiveAttemptsOptions;

  constructor(options: LiveAttemptsOptions) {
    this.#options = options;
  }

  /** Unless an earlier run has left what the attempt would give. */
  begin(live: LiveRun, effect: Effect & { readonly kind: "enqueue" }): void {
    this.#options.waits.unlessRemembered(live.row, effect, () => this.#enqueue(live, effect));
  }

  stop({ row }: LiveRun, { kind, path, attempt }: Effect & { readonly kind: "cancel" | "withdraw" }): void {
    const { dispatcher, waits, post } = this.#options;
    const status = kind === "cancel" ? "canceled" : "withdrawn";
    if (!waits.withdraw(row, { path, attempt })) return dispatcher[kind](row.id, path);
    post(row.id, { kind: "attempt_ended", path, attempt, result: { status } });
  }

  #enqueue(live: LiveRun, effect: Effect & { readonly kind: "enqueue" }): void {
    const { dispatcher, turns, isHere, post, postPatiently } = this.#options;
    const { path, attempt, pool, permits } = effect;
    const { maxParallelSteps } = live.state.definition;
    const kind = stepKind(live.state, path);
    const runId = live.row.id;
    // It may have been given up while a cache was asked.
    if (!isHere(runId)) return;
    dispatcher.enqueue({
      run: live.row,
      needs: attemptNeeds(
        live.row,
        { path, kind, pool, permits, maxParallelSteps },
        turns.propertiesOf(live.row),
      ),
      path,
      attempt,
      kind,
      request: () => attemptRequest(live.state, path),
      onStarted: (taken) => postPatiently(live, { kind: "attempt_started", path, attempt, ...toldOf(taken) }),
      onEnded: (result, taken) =>
        post(runId, { kind: "attempt_ended", path, attempt, ...toldOf(taken), result }),
    });
  }
}

/** Journals are long: what is nothing has no place in them. */
function toldOf(taken: Taken | undefined): { readonly taken?: Taken } {
  return taken === undefined ? {} : { taken };
}
