import type { WorkflowDefinition } from "@headwater/workflow";
import { Versions } from "../runs/versions.js";
import type { MatchedSignals, SignalRow, Store, WorkflowRow } from "../store/store.js";
import { hearingsOf, type Hearing } from "./hearings.js";
import { DEPTH_MAX } from "./run-chains.js";

/** So many signals are read at once. */
const SIGNALS_AT_ONCE = 500;

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
}

type HeardSignalsStore = Pick<
  Store,
  "listUnmatchedSignals" | "findListenerEdition" | "listSignalListeners" | "findVersion"
>;

const NONE: ReadSignals = { edition: 0, heard: [] };

/** The signals that have not been matched, in order, with who hears them: read from the store while what came before them is written. */
export class HeardSignals {
  readonly #store: HeardSignalsStore;
  /** The same workflows hear signals again and again. */
  readonly #versions: Versions;
  /** What has been read and not taken. */
  #ahead = NONE;

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
    const { edition, heard } = this.#ahead;
    const rest = heard.filter(({ signal }) => signal.id > last.id);
    const isBacklog = heard.length === SIGNALS_AT_ONCE;
    this.#ahead = NONE;
    // What could not be read is read in its turn.
    const next =
      isBacklog && rest.length === 0 ? this.#read(last.id).catch(() => NONE) : { edition, heard: rest };
    const [matched, ahead] = await Promise.all([write(), next]);
    if (!matched.isOutdated && ahead.heard.every(isOfNoRun)) this.#ahead = ahead;
    return matched;
  }

  async #read(after?: number): Promise<ReadSignals> {
    // Before all else: what is deployed while the rest is read makes it outdated.
    const edition = await this.#store.findListenerEdition();
    const signals = await this.#store.listUnmatchedSignals(SIGNALS_AT_ONCE, after);
    // The run that was refused for its depth has ended; were its end heard, the circle would go on in failed runs.
    const isHeard = signals.map(({ depth }) => depth <= DEPTH_MAX + 1);
    // All of one turn, so that the store asks its index once.
    const listeners = await Promise.all(
      signals.map((signal, place) =>
        isHeard[place] === true ? this.#store.listSignalListeners(signal) : Promise.resolve([]),
      ),
    );
    const definitions = await this.#definitionsOf(listeners.flat());
    const heard = signals.map((signal, place) => {
      const hearings = (listeners[place] ?? []).flatMap((workflow) => {
        const definition = definitions.get(workflow.versionId) ?? null;
        return definition === null ? [] : hearingsOf(signal, workflow, definition);
      });
      return { signal, hearings };
    });
    return { edition, heard };
  }

  async #definitionsOf(
    workflows: readonly WorkflowRow[],
  ): Promise<ReadonlyMap<string, WorkflowDefinition | null>> {
    const ids = [...new Set(workflows.map(({ versionId }) => versionId))];
    const versions = await Promise.all(ids.map((id) => this.#versions.find(id)));
    return new Map(ids.map((id, place) => [id, versions[place]?.definition ?? null]));
  }
}

/** How many runs a run has set going is known once those before are written: what runs have emitted is read again. */
function isOfNoRun({ signal }: HeardSignal): boolean {
  return signal.root === null;
}
