import type { WorkflowDefinition } from "@headwater/workflow";
import { Versions } from "../runs/versions.js";
import type { MatchedSignals, SignalRow, Store, WorkflowRow } from "../store/store.js";
import { hearingsOf, type Hearing } from "./hearings.js";
import { DEPTH_MAX } from "./run-chains.js";

/** So many signals are read at once. */
const SIGNALS_AT_ONCE = 500;

/** No further signal is read once those before it are heard by so many triggers together, which costs memory. */
const HEARINGS_AT_ONCE = 5000;

/** So many are read first, while nobody knows how many triggers hear one. */
const FIRST_PAGE = 10;

/** A signal with all triggers that it is for. */
export interface HeardSignal {
  readonly signal: SignalRow;
  readonly hearings: readonly Hearing[];
}

/** Signals in order, none left out between them. */
export interface ReadSignals {
  /** Of the listeners: should it be another one now, they are not those that hear the signals any more. */
  readonly edition: number;
  readonly heard: readonly HeardSignal[];
  /** There are others after them, which may be read before these are written. */
  readonly goesOn: boolean;
}

type HeardSignalsStore = Pick<
  Store,
  "listUnmatchedSignals" | "findListenerEdition" | "listSignalListeners" | "findVersion"
>;

const NONE: ReadSignals = { edition: 0, heard: [], goesOn: false };

/** The signals that have not been matched, in order, with who hears them: read from the store while what came before them is written. */
export class HeardSignals {
  readonly #store: HeardSignalsStore;
  /** The same workflows hear signals again and again. */
  readonly #versions: Versions;
  /** What has been read and not taken. */
  #ahead = NONE;
  /** So many signals as were heard by fewer triggers than are read at once, as far as those before tell. */
  #page = FIRST_PAGE;

  constructor(store: HeardSignalsStore) {
    this.#store = store;
    this.#versions = new Versions(store);
  }

  /** The oldest ones; empty when all are matched. */
  async peek(): Promise<ReadSignals> {
    if (this.#ahead.heard.length === 0) this.#ahead = await this.#read();
    return this.#ahead;
  }

  /**
   * The first ones, of which `last` is the last, are matched by `write`; meanwhile those after them are read. Where that is refused for
   * what is deployed since, all are read again.
   */
  async take(last: SignalRow, write: () => Promise<MatchedSignals>): Promise<MatchedSignals> {
    const before = this.#ahead;
    const rest = before.heard.filter(({ signal }) => signal.id > last.id);
    this.#ahead = NONE;
    // What could not be read is read in its turn.
    const next =
      before.goesOn && rest.length === 0 ? this.#read(last.id).catch(() => NONE) : { ...before, heard: rest };
    const [matched, ahead] = await Promise.all([write(), next]);
    if (!matched.isOutdated) this.#ahead = beforeThoseOfRuns(ahead);
    return matched;
  }

  async #read(after = 0): Promise<ReadSignals> {
    // Before all else: what is deployed while the rest is read makes it outdated.
    const edition = await this.#store.findListenerEdition();
    const heard: HeardSignal[] = [];
    let hearings = 0;
    let hasMore = true;
    while (hasMore && heard.length < SIGNALS_AT_ONCE && hearings < HEARINGS_AT_ONCE) {
      const size = Math.min(this.#page, SIGNALS_AT_ONCE - heard.length);
      const page = await this.#readPage(size, heard.at(-1)?.signal.id ?? after);
      heard.push(...page);
      const counts = page.map((one) => one.hearings.length);
      hearings += counts.reduce((sum, count) => sum + count, 0);
      hasMore = page.length === size;
      this.#page = nextPage(hasMore ? 2 * this.#page : this.#page, Math.max(1, ...counts));
    }
    // After one of a run come others mostly.
    return { edition, heard, goesOn: hasMore && heard.at(-1)?.signal.root === null };
  }

  async #readPage(size: number, after: number): Promise<readonly HeardSignal[]> {
    const signals = await this.#store.listUnmatchedSignals(size, after);
    // The run that was refused for its depth has ended; were its end heard, the circle would go on in failed runs.
    const isHeard = signals.map(({ depth }) => depth <= DEPTH_MAX + 1);
    // All of one turn, so that the store asks its index once.
    const listeners = await Promise.all(
      signals.map((signal, place) =>
        isHeard[place] === true ? this.#store.listSignalListeners(signal) : Promise.resolve([]),
      ),
    );
    const definitions = await this.#definitionsOf(listeners.flat());
    return signals.map((signal, place) => {
      const hearings = (listeners[place] ?? []).flatMap((workflow) => {
        const definition = definitions.get(workflow.versionId) ?? null;
        return definition === null ? [] : hearingsOf(signal, workflow, definition);
      });
      return { signal, hearings };
    });
  }

  async #definitionsOf(
    workflows: readonly WorkflowRow[],
  ): Promise<ReadonlyMap<string, WorkflowDefinition | null>> {
    const ids = [...new Set(workflows.map(({ versionId }) => versionId))];
    const versions = await Promise.all(ids.map((id) => this.#versions.find(id)));
    return new Map(ids.map((id, place) => [id, versions[place]?.definition ?? null]));
  }
}

/** @param most of the triggers that hear one signal of the page before */
function nextPage(size: number, most: number): number {
  return Math.max(1, Math.min(size, SIGNALS_AT_ONCE, Math.floor(HEARINGS_AT_ONCE / most)));
}

/** How many runs a run has set going is known once those before are written: what runs have emitted is read again. */
function beforeThoseOfRuns(ahead: ReadSignals): ReadSignals {
  const first = ahead.heard.findIndex(({ signal }) => signal.root !== null);
  return first === -1 ? ahead : { edition: ahead.edition, goesOn: false, heard: ahead.heard.slice(0, first) };
}
