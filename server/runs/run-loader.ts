import { restoreRun } from "@headwater/engine";
import type { Binding, RunState } from "@headwater/engine";
import type { Evaluator, WorkflowProperties } from "@headwater/workflow";
import type { Log } from "../log.js";
import type { JournalEntry, RunRow, Store } from "../store/store.js";
import { beginRun, factsIn, replay } from "./replay.js";
import type { ReplayedRun } from "./replay.js";
import { linesOf } from "./snapshots.js";
import type { Versions } from "./versions.js";

/** A run with what is needed to drive it. */
export interface LoadedRun {
  readonly row: RunRow;
  readonly properties: WorkflowProperties;
  readonly replayed: ReplayedRun;
}

export interface RunLoaderOptions {
  readonly store: Pick<Store, "readSnapshot" | "listJournal" | "listRunActions" | "findWorkflow">;
  readonly versions: Versions;
  readonly evaluator: Evaluator;
  /** The address that `run.url` begins with. */
  readonly url: () => string;
  readonly log: Log;
}

/** So many entries of a journal are in memory at once. */
const PAGE = 10_000;

/** The first of them tell what a run was told of its surroundings. */
const BEGINNING = 100;

/**
 * Makes runs again of what the store has: from the last snapshot and what happened since, or from the beginning where there is no
 * snapshot that this build can read. Either way they stand as they stood.
 */
export class RunLoader {
  readonly #options: RunLoaderOptions;

  constructor(options: RunLoaderOptions) {
    this.#options = options;
  }

  /** A run to which nothing has happened. @throws ServiceError internal when its version is not there */
  async loadNew(row: RunRow): Promise<LoadedRun> {
    const properties = await this.#propertiesOf(row);
    return { row, properties, replayed: await this.#begin(row, { properties, journal: [] }) };
  }

  /** A run as it was before anything happened to it, whatever has since. @throws ServiceError internal when its version is not there */
  async loadBeginning(row: RunRow): Promise<RunState> {
    const properties = await this.#propertiesOf(row);
    const journal = await this.#options.store.listJournal(row.id, { limit: BEGINNING });
    return (await this.#begin(row, { properties, journal })).state;
  }

  /** A run as its journal has left it. @throws ServiceError internal when that cannot be replayed, or its version is not there */
  async load(row: RunRow): Promise<LoadedRun> {
    const [properties, restored] = await Promise.all([this.#propertiesOf(row), this.#fromSnapshot(row)]);
    const replayed = restored ?? (await this.#fromBeginning(row, properties));
    return { row, properties, replayed };
  }

  async #propertiesOf(row: RunRow): Promise<WorkflowProperties> {
    return (await this.#options.store.findWorkflow(row))?.properties ?? DEFAULT_PROPERTIES;
  }

  /** Null when there is no snapshot, or none that can be used. */
  async #fromSnapshot(row: RunRow): Promise<ReplayedRun | null> {
    const { store, log } = this.#options;
    const stored = await store.readSnapshot(row.id);
    if (stored === null) return null;
    const { seq, pages } = stored;
    let problem = "it is damaged, or of another build";
    try {
      const restored = await this.#restore(pages);
      const chars = pages.reduce((sum, page) => sum + page.length, 0);
      if (restored !== null)
        return await this.#replayAll(row, { ...restored, seq, snapshot: { seq, chars } });
    } catch (error) {
      problem = String(error);
    }
    const fields = { run: row.id, entry: seq, problem };
    log.warn("the snapshot of a run cannot be used: its whole journal is replayed", fields);
    return null;
  }

  async #restore(pages: readonly string[]): Promise<Pick<ReplayedRun, "state" | "at"> | null> {
    const { head, lines } = linesOf(pages);
    if (head === null) return null;
    const { definition } = await this.#options.versions.read(head.versionId);
    const state = restoreRun(lines, { definition, evaluator: this.#options.evaluator });
    return state === null ? null : { state, at: head.at };
  }

  async #fromBeginning(row: RunRow, properties: WorkflowProperties): Promise<ReplayedRun> {
    const journal = await this.#options.store.listJournal(row.id, { limit: PAGE });
    const run = replay(await this.#begin(row, { properties, journal }), journal);
    return journal.length < PAGE ? run : this.#replayAll(row, run);
  }

  async #begin(
    row: RunRow,
    {
      properties,
      journal,
    }: { readonly properties: WorkflowProperties; readonly journal: readonly JournalEntry[] },
  ): Promise<ReplayedRun> {
    const { versions, evaluator, url } = this.#options;
    const { versionId, params, commit } = (await this.#firstBinding(row)) ?? row;
    const version = await versions.read(versionId);
    const facts = factsIn(journal) ?? { owner: properties.owner, url: `${url()}/#${row.id}` };
    return beginRun(row, { version, params, commit, evaluator, facts });
  }

  /** Page by page, to the end of the journal. */
  async #replayAll(row: RunRow, from: ReplayedRun): Promise<ReplayedRun> {
    for (let run = from; ;) {
      const entries = await this.#options.store.listJournal(row.id, { after: run.seq, limit: PAGE });
      run = replay(run, entries);
      if (entries.length < PAGE) return run;
    }
  }

  /** What it was bound to when it began, if a restart has bound it to something else since. */
  async #firstBinding({ id, attempt }: RunRow): Promise<Binding | null> {
    if (attempt === 1) return null;
    for (let after = 0; ;) {
      const actions = await this.#options.store.listRunActions(id, { after, limit: PAGE });
      for (const { event } of actions) {
        if (event.kind !== "action" || event.action.name !== "restart") continue;
        if (event.action.previous !== null) return event.action.previous;
      }
      const last = actions.at(-1);
      if (last === undefined || actions.length < PAGE) return null;
      after = last.seq;
    }
  }
}

/** For a run whose workflow row is gone, which only a hand in the database can do. */
const DEFAULT_PROPERTIES: WorkflowProperties = {
  description: null,
  owner: null,
  labels: {},
  priority: "normal",
  runStrategy: { rule: "sequential", limit: 1 },
  expect: null,
  alerts: [],
  steps: {},
};
