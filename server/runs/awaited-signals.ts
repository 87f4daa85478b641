import type { Effect, RunEvent } from "@headwater/engine";
import type { PastSignal, RunRow, SignalQuery, Store } from "../store/store.js";
import { GateIndex, signalText, type AwaitedGate, type FreshSignal } from "./gate-index.js";
import { readPatiently, type Patience } from "./read-patiently.js";

export interface AwaitedSignalsOptions extends Patience {
  readonly store: Pick<Store, "listSignals">;
  readonly post: (runId: string, event: RunEvent) => void;
}

/** What is searched for together: all of one name and environment. */
interface Search {
  readonly signal: string;
  readonly environment: string;
  /** Those that came while history was read for others. */
  waiting: AwaitedGate[];
}

/** For so few gates the store answers what they need of many signals; for more all signals of the name are read, once. */
const FEW = 20;
const PAGE_OF_FEW = 5000;
const PAGE = 500;

/**
 * The signals that steps wait for. A wait is noted before history is searched, and every signal that is recorded is heard
 * after it is on disk: whatever the order of the two, none is missed. Nothing here is durable; every start of the
 * service asks again for what is awaited, from the same instant.
 */
export class AwaitedSignals {
  readonly #options: AwaitedSignalsOptions;
  readonly #gates = new GateIndex();
  /** Those that go on, by name and environment: one at a time each, so that thousands of gates read history as often as a few. */
  readonly #searches = new Map<string, Search>();

  constructor(options: AwaitedSignalsOptions) {
    this.#options = options;
  }

  /** Opens the gate with the first signal of the run's environment that matches, of the past or to come. */
  await(
    { id: runId, environment }: Pick<RunRow, "id" | "environment">,
    effect: Effect & { readonly kind: "await_signal" },
  ): void {
    const gate = { runId, environment, effect };
    this.#gates.add(gate);
    const name = signalText(environment, effect.signal);
    const underWay = this.#searches.get(name);
    if (underWay !== undefined) return void underWay.waiting.push(gate);
    const search = { signal: effect.signal, environment, waiting: [gate] };
    this.#searches.set(name, search);
    void this.#searchAll(name, search);
  }

  /** The step waits no longer; without a path, no step of the run does. */
  forget(runId: string, path?: string): void {
    this.#gates.forget(runId, path);
  }

  hear(signals: readonly FreshSignal[]): void {
    for (const signal of signals)
      for (const gate of this.#gates.listOpenedBy(signal)) this.#open(gate, signal);
  }

  async #searchAll(name: string, search: Search): Promise<void> {
    // What is awaited in the same turn is searched for together.
    await Promise.resolve();
    while (search.waiting.length > 0) {
      const gates = search.waiting;
      search.waiting = [];
      await this.#searchHistory(search, gates).catch((error: unknown) => {
        this.#options.log.error("the signals of the past could not be searched; the next start does it", {
          signal: search.signal,
          gates: gates.length,
          error: String(error),
        });
      });
    }
    this.#searches.delete(name);
  }

  async #searchHistory(search: Search, gates: AwaitedGate[]): Promise<void> {
    const { signal, environment } = search;
    const closed = new GateIndex();
    for (const gate of gates) closed.add(gate);
    const since = gates.reduce((earliest, { effect }) => Math.min(earliest, effect.since), Infinity);
    for (let last: PastSignal | undefined; !closed.isEmpty();) {
      const query = { signal, environment, since, ...pageFor(gates) };
      const after = last === undefined ? {} : { after: last };
      const page = await readPatiently(
        () => this.#options.store.listSignals({ ...query, ...after }),
        this.#options,
      );
      last = page.at(-1);
      if (last === undefined) return;
      for (const past of page) {
        for (const gate of closed.listOpenedBy({ signal, environment, ...past })) {
          closed.delete(gate);
          this.#open(gate, past);
        }
      }
      for (const gate of takeThoseAfter(search, last)) {
        closed.add(gate);
        gates.push(gate);
      }
    }
  }

  #open(gate: AwaitedGate, { id: signalId }: PastSignal): void {
    if (!this.#gates.delete(gate)) return;
    const { path, gate: number } = gate.effect;
    this.#options.post(gate.runId, { kind: "gate_opened", path, gate: number, signalId });
  }
}

function pageFor(gates: readonly AwaitedGate[]): Pick<SignalQuery, "limit" | "matches"> {
  if (gates.length > FEW) return { limit: PAGE };
  return { limit: PAGE_OF_FEW, matches: gates.map(({ effect }) => effect.match) };
}

/** Of those that came meanwhile, the ones that no signal up to `read` could have opened: they need no search of their own. */
function takeThoseAfter(search: Search, read: PastSignal): readonly AwaitedGate[] {
  const came = search.waiting;
  search.waiting = came.filter(({ effect }) => effect.since <= read.at);
  return came.filter(({ effect }) => effect.since > read.at);
}
