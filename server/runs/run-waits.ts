import type { AttemptName, Effect } from "@headwater/engine";
import type { RunRow } from "../store/store.js";
import { AwaitedSignals } from "./awaited-signals.js";
import type { AwaitedSignalsOptions } from "./awaited-signals.js";
import { ChildRuns } from "./child-runs.js";
import type { ChildRunsOptions } from "./child-runs.js";
import type { FreshSignal } from "./gate-index.js";
import { RememberedOutputs } from "./remembered-outputs.js";
import type { RememberedOutputsOptions } from "./remembered-outputs.js";

export interface RunWaitsOptions extends ChildRunsOptions, AwaitedSignalsOptions, RememberedOutputsOptions {
  readonly store: ChildRunsOptions["store"] &
    AwaitedSignalsOptions["store"] &
    RememberedOutputsOptions["store"];
}

/** What steps wait for besides workers and timers: other runs, signals, and results of earlier runs. */
export class RunWaits {
  readonly #children: ChildRuns;
  readonly #signals: AwaitedSignals;
  readonly #remembered: RememberedOutputs;

  constructor(options: RunWaitsOptions) {
    this.#children = new ChildRuns(options);
    this.#signals = new AwaitedSignals(options);
    this.#remembered = new RememberedOutputs(options);
  }

  /** Performs the effects that are about them; others mean nothing here. */
  perform(run: RunRow, effect: Effect): void {
    switch (effect.kind) {
      case "start_run":
        return this.unlessRemembered(run, effect, () => this.#children.start(run, effect));
      case "cancel_run":
        if (this.#remembered.withdraw(run, effect)) return this.#children.tellNone(run, effect);
        return this.#children.cancel(run, effect);
      case "pause_run":
      case "resume_run":
        return this.#children.tellParent(run, effect);
      case "await_signal":
        return this.#signals.await(run, effect);
      case "forget_signals":
        return this.#signals.forget(run.id, effect.path);
      default:
        return;
    }
  }

  /** Begins an attempt, unless an earlier run has left what it would give. */
  unlessRemembered(
    run: RunRow,
    { path, attempt, cache }: Effect & { readonly kind: "enqueue" | "start_run" },
    begin: () => void,
  ): void {
    if (cache === undefined) return begin();
    this.#remembered.ask(run, { path, attempt, cache }, begin);
  }

  /** An attempt is canceled; true when it had not begun, because the store was being asked: then it never will. */
  withdraw(run: RunRow, attempt: AttemptName): boolean {
    return this.#remembered.withdraw(run, attempt);
  }

  /** A run has ended: it waits for nothing, and who waits for it hears it. */
  end(run: RunRow): void {
    this.#signals.forget(run.id);
    this.#children.tellEnd(run);
  }

  /** Signals have been recorded. */
  hear(signals: readonly FreshSignal[]): void {
    this.#signals.hear(signals);
  }
}
