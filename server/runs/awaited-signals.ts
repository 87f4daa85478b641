import type { Effect, RunEvent } from "@headwater/engine";
import { matchesSignal } from "@headwater/workflow";
import type { PastSignal, RunRow, Store } from "../store/store.js";
import { readPatiently, type Patience } from "./read-patiently.js";

export interface AwaitedSignalsOptions extends Patience {
  readonly store: Pick<Store, "listSignals">;
  readonly post: (runId: string, event: RunEvent) => void;
}

/** A signal that has just become known. */
export interface FreshSignal extends PastSignal {
  readonly signal: string;
  readonly environment: string;
}

type AwaitSignal = Effect & { readonly kind: "await_signal" };

interface Awaited {
  readonly runId: string;
  readonly environment: string;
  readonly effect: AwaitSignal;
}

const PAGE = 500;

/**
 * The signals that steps wait for. A wait is noted before history is searched, and every signal that is recorded is heard
 * after it is on disk: whatever the order of the two, none is missed. Nothing here is durable; every start of the
 * service asks again for what is awaited, from the same instant.
 */
export class AwaitedSignals {
  readonly #options: AwaitedSignalsOptions;
  /** By name of the signal, then by run, path and gate. */
  readonly #awaited = new Map<string, Map<string, Awaited>>();

  constructor(options: AwaitedSignalsOptions) {
    this.#options = options;
  }

  /** Opens the gate with the first signal of the run's environment that matches, of the past or to come. */
  await({ id: runId, environment }: Pick<RunRow, "id" | "environment">, effect: AwaitSignal): void {
    const awaited = this.#awaited.get(effect.signal) ?? new Map<string, Awaited>();
    this.#awaited.set(effect.signal, awaited);
    awaited.set(keyOf(runId, effect), { runId, environment, effect });
    void this.#searchHistory({ runId, environment, effect }).catch((error: unknown) => {
      this.#options.log.error("the signals of the past could not be searched; the next start does it", {
        run: runId,
        step: effect.path,
        error: String(error),
      });
    });
  }

  /** The step waits no longer; without a path, no step of the run does. */
  forget(runId: string, path = ""): void {
    const prefix = path === "" ? `${runId} ` : `${runId} ${path} `;
    for (const [signal, awaited] of this.#awaited) {
      for (const key of awaited.keys()) if (key.startsWith(prefix)) awaited.delete(key);
      if (awaited.size === 0) this.#awaited.delete(signal);
    }
  }

  hear(signals: readonly FreshSignal[]): void {
    for (const signal of signals) {
      for (const { runId, environment, effect } of this.#awaited.get(signal.signal)?.values() ?? []) {
        if (environment === signal.environment && counts(effect, signal))
          this.#open(runId, effect, signal.id);
      }
    }
  }

  async #searchHistory({ runId, environment, effect }: Awaited): Promise<void> {
    const { signal, since } = effect;
    let last: PastSignal | undefined;
    do {
      const query = {
        signal,
        environment,
        since,
        limit: PAGE,
        ...(last === undefined ? {} : { after: last }),
      };
      const page = await readPatiently(() => this.#options.store.listSignals(query), this.#options);
      const found = page.find((past) => counts(effect, past));
      if (found !== undefined) return this.#open(runId, effect, found.id);
      last = page.length < PAGE ? undefined : page.at(-1);
    } while (last !== undefined);
  }

  #open(runId: string, effect: AwaitSignal, signalId: number): void {
    const { signal, path, gate } = effect;
    const awaited = this.#awaited.get(signal);
    if (awaited?.delete(keyOf(runId, effect)) !== true) return;
    if (awaited.size === 0) this.#awaited.delete(signal);
    this.#options.post(runId, { kind: "gate_opened", path, gate, signalId });
  }
}

function counts({ since, match }: AwaitSignal, { at, params }: PastSignal): boolean {
  return at >= since && matchesSignal(match, params);
}

function keyOf(runId: string, { path, gate }: AwaitSignal): string {
  return `${runId} ${path} ${gate}`;
}
