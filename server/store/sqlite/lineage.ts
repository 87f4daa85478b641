import type { LineageRows, SignalUse, SignalUseQuery, UsedSignal } from "../lineage-rows.js";
import type { HistoricSignal } from "../signal-history.js";
import type { RunRow } from "../store.js";
import type { Access } from "./access.js";
import type { Connection } from "./connection.js";
import { listMentions } from "./mentions.js";
import { selectRuns } from "./runs.js";
import { findSignalAudience, type KnownAudiences } from "./signal-audience.js";
import { selectHistoricSignals } from "./signal-history.js";

/** Who makes whom act. */
export function lineageMethods({ read }: Access, known: KnownAudiences): LineageRows {
  return {
    listMentions: (query) => read((db) => listMentions(db, query)),
    findSignalAudience: (sent) => read((db) => findSignalAudience(db, known, sent)),
    findSignal: (id) => read((db) => findSignal(db, id)),
    listSignalUses: (signalId, query) => read((db) => listSignalUses(db, signalId, query)),
    listUsedSignals: (runId, limit) => read((db) => listUsedSignals(db, runId, limit)),
    listEmittedSignals: (runId, limit) => read((db) => listEmittedSignals(db, runId, limit)),
    listFollowingRuns: (runId, limit) => read((db) => listFollowingRuns(db, runId, limit)),
  };
}

async function findSignal(connection: Connection, id: number): Promise<HistoricSignal | null> {
  const [signal] = await selectHistoricSignals(connection, "WHERE id = ?", [id]);
  return signal ?? null;
}

async function listSignalUses(
  connection: Connection,
  signalId: number,
  { after, limit }: SignalUseQuery,
): Promise<readonly SignalUse[]> {
  const uses = await connection.all<{ readonly id: string; readonly path: string; readonly place: number }>(
    `SELECT run.id, path, run_key AS place FROM used_signal JOIN run ON run.key = run_key
     WHERE signal_id = ?1 AND (run_key, path) > (?2, ?3) AND run.status <> 'pruned' ORDER BY run_key, path LIMIT ?4`,
    [signalId, after?.place ?? -1, after?.path ?? "", limit],
  );
  const runs = await selectRuns(connection, "WHERE id IN (SELECT value FROM json_each(?))", [
    JSON.stringify(uses.map(({ id }) => id)),
  ]);
  const byId = new Map(runs.map((run) => [run.id, run]));
  return uses.flatMap(({ id, path, place }) => {
    const run = byId.get(id);
    return run === undefined ? [] : [{ run, path, place }];
  });
}

async function listUsedSignals(
  connection: Connection,
  runId: string,
  limit: number,
): Promise<readonly UsedSignal[]> {
  const used = await connection.all<Omit<UsedSignal, "signal">>(
    `SELECT signal_id AS signalId, path FROM used_signal WHERE run_key = (SELECT key FROM run WHERE id = ?)
     ORDER BY path, signal_id LIMIT ?`,
    [runId, limit],
  );
  const signals = await selectHistoricSignals(connection, "WHERE id IN (SELECT value FROM json_each(?))", [
    JSON.stringify(used.map(({ signalId }) => signalId)),
  ]);
  const byId = new Map(signals.map((signal) => [signal.id, signal]));
  return used.map((one) => ({ ...one, signal: byId.get(one.signalId) ?? null }));
}

/** By the partial index `signal_by_run`. */
function listEmittedSignals(
  connection: Connection,
  runId: string,
  limit: number,
): Promise<readonly HistoricSignal[]> {
  return selectHistoricSignals(
    connection,
    "WHERE run_id = ? AND signal NOT GLOB 'headwater/*' ORDER BY id LIMIT ?",
    [runId, limit],
  );
}

/** By the partial index `run_by_cause`. */
function listFollowingRuns(connection: Connection, runId: string, limit: number): Promise<readonly RunRow[]> {
  return selectRuns(connection, "WHERE cause->>'runId' = ? ORDER BY key LIMIT ?", [runId, limit]);
}
