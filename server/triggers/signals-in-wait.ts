import { joinSignal, type JoinedSignals, type JoinStep } from "@headwater/engine";
import type { Evaluator } from "@headwater/workflow";
import type { JoinedSignalRow, JoinKey, SignalRow, WaitingSignals } from "../store/store.js";
import type { Hearing } from "./hearings.js";

/** The signals that wait for others, while a batch of new ones is taken in: read once, changed here, written with the batch. */
export class SignalsInWait {
  readonly #waiting = new Map<string, JoinedSignals<SignalRow>>();
  readonly #changed = new Map<string, JoinKey>();

  /** @param rows what the store has of the keys that the batch is about */
  constructor(rows: readonly JoinedSignalRow[]) {
    for (const { name, signal, ...key } of rows) {
      const text = keyText(key);
      this.#waiting.set(text, { ...this.#waiting.get(text), [name]: signal });
    }
  }

  /** Takes a signal in; see `joinSignal`. */
  take(evaluator: Evaluator, hearing: Extract<Hearing, { readonly key: JoinKey }>): JoinStep<SignalRow> {
    const { trigger, key, signal, names } = hearing;
    const text = keyText(key);
    const step = joinSignal(evaluator, trigger, { waiting: this.#waiting.get(text) ?? {}, signal, names });
    this.#waiting.set(text, step.waiting);
    this.#changed.set(text, key);
    return step;
  }

  /** What the store is to keep now of the keys that changed. */
  changes(): readonly WaitingSignals[] {
    return [...this.#changed].map(([text, key]) => {
      const waiting = Object.entries(this.#waiting.get(text) ?? {});
      return { ...key, signals: Object.fromEntries(waiting.map(([name, { id }]) => [name, id])) };
    });
  }
}

function keyText({ project, environment, workflow, joinId, key }: JoinKey): string {
  return `${project}/${environment}/${workflow}/${joinId}/${key}`;
}
