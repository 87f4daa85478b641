import { join } from "node:path";
import type { Clock } from "../../clock.js";
import { StoreError } from "../store-error.js";
import type { Store, StoreHealth } from "../store.js";
import type { Access, DeployingAccess } from "./access.js";
import { alertMethods } from "./alert-methods.js";
import { createAdvances } from "./advances.js";
import {
  advanceBackfill,
  changeBackfill,
  countBackfillRuns,
  createBackfill,
  dropBackfillRetry,
  findBackfill,
  listActiveBackfills,
  listBackfillRetries,
  listBackfills,
  listDeployedAt,
  listSlotRuns,
  listVersionChanges,
  retryBackfill,
} from "./backfills.js";
import type { Connection } from "./connection.js";
import { lockDataFolder, type DataFolderLock } from "./data-folder-lock.js";
import { examineDatabase, makeDataFolder, openReader, openWriter } from "./database-file.js";
import { markClosed } from "./open-mark.js";
import { deploymentMethods } from "./deployment-methods.js";
import { pruneVersions } from "./version-retention.js";
import { lineageMethods } from "./lineage.js";
import { findListenerEdition, raisingEdition } from "./listener-edition.js";
import type { KnownShapes } from "./listener-shapes.js";
import { listPermits, removePermit, savePermit } from "./permits.js";
import { repositoryMethods } from "./repositories.js";
import {
  createRuns,
  findBlockingRun,
  findRun,
  findRunByNumber,
  findRunByTriggerKey,
  listRuns,
  listUnfinishedRuns,
  listUnblocks,
  findUnblock,
  unblockRun,
} from "./runs.js";
import {
  fireSchedules,
  listDueSchedules,
  listSchedules,
  listUndecidedSchedules,
  nextScheduleAt,
} from "./schedules.js";
import { listJoinedSignals, listSignals, listUnmatchedSignals, matchSignals } from "./signals.js";
import { findWebhook } from "./webhooks.js";
import { inBatches } from "./in-batches.js";
import { changeClaimMethods } from "./change-claims.js";
import { previewMethods } from "./previews.js";
import { removalConfirmationMethods } from "./removal-confirmations.js";
import { hostRepositoryMethods } from "./host-repositories.js";
import { reviewMethods } from "./reviews.js";
import { forgetAudiencesAfter, knownAudiences, type KnownAudiences } from "./signal-audience.js";
import { listSignalListeners } from "./signal-listeners.js";
import { listSignalHistory, recordSignals } from "./signal-history.js";
import { timeZoneDataMethods } from "./time-zone-data.js";
import { findUndeployedVersion } from "./undeployed-versions.js";
import { toStoreError } from "./sqlite-failure.js";
import { listRunActions } from "./run-actions.js";
import { readSnapshot, saveSnapshotPage } from "./run-snapshots.js";
import { listJournal, listSteps, readJournal } from "./steps.js";
import { listUsualDurations } from "./usual-durations.js";
import { findVersionAt } from "./workflow-history.js";
import { filterRuns, historyBegin, pruneRuns, sweepPrunedRuns } from "./prune-runs.js";
import { pruneSignals, signalsNeededSince } from "./prune-signals.js";
import { findRemembered, listRememberedSteps, pruneRemembered } from "./remembered.js";
import {
  findVersions,
  findWorkflows,
  findWriting,
  listEnvironments,
  listLiveWorkflows,
  listVersions,
  listWorkflows,
} from "./workflows.js";
import {
  clearBreakpoint,
  listBreakpoints,
  listOpenBreakpoints,
  setBreakpoint,
} from "./workflow-breakpoints.js";
import { listPausedWorkflows, listPauses, pauseWorkflow, resumeWorkflow } from "./workflow-pauses.js";
import { Writer } from "./writer.js";

export interface SqliteStoreOptions {
  /** Made when it is not there. Holds `headwater.db`, what SQLite puts beside it, and `lock.db`. */
  readonly dataFolder: string;
  readonly clock: Clock;
  /** Called when writes begin to wait, with every try that fails, and when they go on. */
  readonly onHealth?: (health: StoreHealth) => void;
  /** Called after every transaction with the number of calls that shared it. */
  readonly onCommit?: (calls: number) => void;
}

/** A store in one file, for one server. */
export interface SqliteStore extends Store {
  /** Bounds the database to so many pages of 4 KiB, at once; null lifts the bound. At the bound writes wait as on a full disk. */
  limitPages(pages: number | null): Promise<void>;
}

/** What is open between start and stop. */
interface OpenStore {
  readonly lock: DataFolderLock;
  readonly connection: Connection;
  readonly reader: Connection;
  readonly writer: Writer;
}

/** SQLite's own maximum. Source: https://www.sqlite.org/limits.html */
const PAGES_MAX = 4_294_967_294;

/** The store on SQLite: one connection writes through one queue, another one reads. Both files are in the data folder. */
export function createSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const file = join(options.dataFolder, "headwater.db");
  let opened: OpenStore | null = null;
  let closing: Promise<void> = Promise.resolve();
  const known = knownAudiences();

  return {
    async start() {
      await closing;
      opened ??= await openStore(options, file);
    },
    async stop() {
      if (opened !== null) closing = closeStore(opened, file);
      opened = null;
      await closing;
    },
    health: () => opened?.writer.health() ?? { status: "ok" },
    async limitPages(pages) {
      await demandOpen().connection.exec(`PRAGMA max_page_count = ${pages ?? PAGES_MAX}`);
    },
    ...registryMethods({ read, write, deploy: deployBy(write, known) }, options.clock),
    ...triggerMethods({ read, write }, known.shapes),
    ...runMethods({ read, write }),
    ...backfillMethods({ read, write }),
    ...retentionMethods({ read, write }),
    ...reviewMethods({ read, write }),
    ...hostRepositoryMethods({ read, write }),
    ...removalConfirmationMethods({ read, write }),
    ...previewMethods({ read, write }),
    ...changeClaimMethods({ read, write }),
    ...alertMethods({ read, write }),
    ...lineageMethods({ read, write }, known),
    ...timeZoneDataMethods({ read, write }),
    advanceRun: async (advance) => demandOpen().writer.advance(advance),
  };

  async function write<Value>(work: (db: Connection) => Promise<Value>): Promise<Value> {
    return demandOpen().writer.write(work);
  }

  async function read<Value>(work: (db: Connection) => Promise<Value>): Promise<Value> {
    const { reader } = demandOpen();
    try {
      return await work(reader);
    } catch (error) {
      throw toStoreError(error, file);
    }
  }

  function demandOpen(): OpenStore {
    if (opened === null) throw new StoreError("store-stopped", "Cannot use the store: it is not open");
    return opened;
  }
}

/** For writes after which something else is deployed. */
function deployBy(write: Access["write"], known: KnownAudiences): Access["write"] {
  return forgetAudiencesAfter(raisingEdition(write), known);
}

function registryMethods({ read, write, deploy }: DeployingAccess, clock: Clock) {
  return {
    ...repositoryMethods({ read, write, deploy }, clock),
    ...deploymentMethods({ read, write, deploy }),

    savePermit: (permit) => write((db) => savePermit(db, permit)),
    removePermit: (name) => write((db) => removePermit(db, name)),
    listPermits: () => read((db) => listPermits(db)),

    pauseWorkflow: (pause) => write((db) => pauseWorkflow(db, pause)),
    resumeWorkflow: (resumed) => write((db) => resumeWorkflow(db, resumed)),
    listPausedWorkflows: () => read((db) => listPausedWorkflows(db)),
    listPauses: (key, limit) => read((db) => listPauses(db, key, limit)),

    setBreakpoint: (breakpoint) => write((db) => setBreakpoint(db, breakpoint)),
    clearBreakpoint: (cleared) => write((db) => clearBreakpoint(db, cleared)),
    listOpenBreakpoints: () => read((db) => listOpenBreakpoints(db)),
    listBreakpoints: (key, limit) => read((db) => listBreakpoints(db, key, limit)),

    listEnvironments: () => read((db) => listEnvironments(db)),
    findWriting: (place) => read((db) => findWriting(db, place)),
    listLiveWorkflows: (place) => read((db) => listLiveWorkflows(db, place)),
    listWorkflows: (query) => read((db) => listWorkflows(db, query)),
    findWorkflow: inBatches((keys) => read((db) => findWorkflows(db, keys))),
    findVersion: inBatches((ids) => read((db) => findVersions(db, ids))),
    findVersionAt: (key, commit) =>
      read(async (db) => (await findVersionAt(db, key, commit)) ?? findUndeployedVersion(db, key, commit)),
    listVersions: (key) => read((db) => listVersions(db, key)),
  } satisfies Partial<Store>;
}

function triggerMethods({ read, write }: Access, shapes: KnownShapes) {
  return {
    nextScheduleAt: () => read((db) => nextScheduleAt(db)),
    listDueSchedules: (now, limit, after) => read((db) => listDueSchedules(db, { now, limit, after })),
    fireSchedules: (fires) => write((db) => fireSchedules(db, fires)),
    listSchedules: (key) => read((db) => listSchedules(db, key)),
    listUnmatchedSignals: (limit, after) => read((db) => listUnmatchedSignals(db, limit, after)),
    findListenerEdition: () => read((db) => findListenerEdition(db)),
    listSignalListeners: inBatches((signals) => read((db) => listSignalListeners(db, shapes, signals))),
    listJoinedSignals: (keys) => read((db) => listJoinedSignals(db, keys)),
    matchSignals: (upTo, matches) => write((db) => matchSignals(db, upTo, matches)),
    listSignals: (query) => read((db) => listSignals(db, query)),
    recordSignal: inBatches((signals) => write((db) => recordSignals(db, signals))),
    findWebhook: (query) => read((db) => findWebhook(db, query)),
    listSignalHistory: (query) => read((db) => listSignalHistory(db, query)),
  } satisfies Partial<Store>;
}

function runMethods({ read, write }: Access) {
  return {
    createRuns: (runs) => write((db) => createRuns(db, runs)),
    findRemembered: (query) => read((db) => findRemembered(db, query)),
    listUnfinishedRuns: () => read((db) => listUnfinishedRuns(db)),
    readJournal: (runId) => read((db) => readJournal(db, runId)),
    listJournal: (runId, query) => read((db) => listJournal(db, runId, query)),
    findRun: (id) => read((db) => findRun(db, id)),
    findRunByNumber: (key, number) => read((db) => findRunByNumber(db, key, number)),
    findBlockingRun: (key) => read((db) => findBlockingRun(db, key)),
    listUnblocks: (key, within) => read((db) => listUnblocks(db, key, within)),
    findUnblock: (key) => read((db) => findUnblock(db, key)),
    unblockRun: (runId, unblocked) => write((db) => unblockRun(db, runId, unblocked)),
    findRunByTriggerKey: (triggerKey) => read((db) => findRunByTriggerKey(db, triggerKey)),
    listUsualDurations: (query) => read((db) => listUsualDurations(db, query)),
    listRuns: (query) => read((db) => listRuns(db, query)),
    listRunActions: (runId, query) => read((db) => listRunActions(db, runId, query)),
    listSteps: (runId, query) => read((db) => listSteps(db, runId, query)),
    saveSnapshotPage: (page) => write((db) => saveSnapshotPage(db, page)),
    readSnapshot: (runId) => read((db) => readSnapshot(db, runId)),
  } satisfies Partial<Store>;
}

function backfillMethods({ read, write }: Access) {
  return {
    createBackfill: (row, versions = []) => write((db) => createBackfill(db, row, versions)),
    findBackfill: (id) => read((db) => findBackfill(db, id)),
    listBackfills: (query) => read((db) => listBackfills(db, query)),
    listActiveBackfills: () => read((db) => listActiveBackfills(db)),
    advanceBackfill: (advance) => write((db) => advanceBackfill(db, advance)),
    changeBackfill: (id, change) => write((db) => changeBackfill(db, id, change)),
    retryBackfill: (id, retry) => write((db) => retryBackfill(db, id, retry)),
    listBackfillRetries: (id, limit) => read((db) => listBackfillRetries(db, id, limit)),
    dropBackfillRetry: (runId) => write((db) => dropBackfillRetry(db, runId)),
    countBackfillRuns: (id, statuses) => read((db) => countBackfillRuns(db, id, statuses)),
    listUndecidedSchedules: (key) => read((db) => listUndecidedSchedules(db, key)),
    listSlotRuns: (key, slots) => read((db) => listSlotRuns(db, key, slots)),
    listDeployedAt: (key, instants) => read((db) => listDeployedAt(db, key, instants)),
    listVersionChanges: (key, within) => read((db) => listVersionChanges(db, key, within)),
  } satisfies Partial<Store>;
}

function retentionMethods({ read, write }: Access) {
  return {
    pruneRuns: (query) => write((db) => pruneRuns(db, query)),
    pruneVersions: (query) => write((db) => pruneVersions(db, query)),
    sweepPrunedRuns: () => write((db) => sweepPrunedRuns(db)),
    filterRuns: (ids) => read((db) => filterRuns(db, ids)),
    historyBegin: () => read((db) => historyBegin(db)),
    signalsNeededSince: (now) => read((db) => signalsNeededSince(db, now)),
    pruneSignals: (query) => write((db) => pruneSignals(db, query)),
    listRememberedSteps: () => read((db) => listRememberedSteps(db)),
    pruneRemembered: (step) => write((db) => pruneRemembered(db, step)),
  } satisfies Partial<Store>;
}

async function openStore(options: SqliteStoreOptions, file: string): Promise<OpenStore> {
  makeDataFolder(options.dataFolder);
  const opened: { close(): Promise<void> }[] = [];
  try {
    const lock = await lockDataFolder(options.dataFolder);
    opened.push({ close: () => lock.release() });
    await examineDatabase(file);
    const connection = await openWriter(file);
    opened.push(connection);
    const reader = await openReader(file);
    return { lock, connection, reader, writer: writerOn(connection, options, file) };
  } catch (error) {
    // What made the start fail is what counts, not that something half open does not close well.
    for (const resource of opened.reverse()) await resource.close().catch(() => undefined);
    throw toStoreError(error, file);
  }
}

function writerOn(connection: Connection, options: SqliteStoreOptions, file: string): Writer {
  const advances = createAdvances();
  return new Writer({
    connection,
    file,
    clock: options.clock,
    applyAdvances: (db, batch) => advances.apply(db, batch),
    onRollback: () => advances.forget(),
    onHealth: options.onHealth,
    onCommit: options.onCommit,
  });
}

async function closeStore({ writer, reader, connection, lock }: OpenStore, file: string): Promise<void> {
  await writer.stop();
  await reader.close();
  await markClosed(connection, file);
  await connection.close();
  await lock.release();
}
