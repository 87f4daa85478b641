import type { AttemptResult } from "@headwater/engine";
import { formatDuration } from "@headwater/workflow";
import type { Clock } from "../clock.js";

export interface AttemptStopOptions {
  readonly clock: Clock;
  readonly timeoutMs: number | null;
  /** The caller's own wish to stop. */
  readonly cancel: AbortSignal;
}

/** The one signal that stops an attempt, whether it was canceled or its time is over; the first reason stays. */
export class AttemptStop {
  readonly #options: AttemptStopOptions;
  readonly #controller = new AbortController();
  readonly #onCancel = (): void => this.cancel();
  #cancelTimer: () => void = () => undefined;

  constructor(options: AttemptStopOptions) {
    this.#options = options;
    if (options.cancel.aborted) this.cancel();
    else options.cancel.addEventListener("abort", this.#onCancel, { once: true });
  }

  /** Aborted with the reason `canceled` or `timeout`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The attempt has begun, and with it its time. */
  startTimer(): void {
    const { clock, timeoutMs } = this.#options;
    if (timeoutMs === null) return;
    this.#cancelTimer();
    this.#cancelTimer = clock.after(timeoutMs, () => this.#controller.abort("timeout"));
  }

  cancel(): void {
    this.#controller.abort("canceled");
  }

  /** What the stop makes of the attempt, whatever its process answered meanwhile; null when it was not stopped. */
  get result(): AttemptResult | null {
    if (!this.signal.aborted) return null;
    if (this.signal.reason === "canceled") return { status: "canceled" };
    const message = `timed out after ${formatDuration(this.#options.timeoutMs ?? 0)}`;
    return { status: "failed", class: "timeout", message, retryable: true };
  }

  dispose(): void {
    this.#cancelTimer();
    this.#options.cancel.removeEventListener("abort", this.#onCancel);
  }
}
