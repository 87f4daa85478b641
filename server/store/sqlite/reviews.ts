import type { Json } from "@headwater/workflow";
import type { DeliveryRow, HostObject, HostWish, Reviews, WriteBudgetRow } from "../reviews.js";
import type { WholeCheckRows } from "../whole-checks.js";
import type { Access } from "./access.js";
import type { Connection } from "./connection.js";
import { wholeCheckMethods } from "./whole-checks.js";

/** The part of the store that reviews need. */
export function reviewMethods({ read, write }: Access): Reviews & WholeCheckRows {
  return {
    ...wholeCheckMethods({ read, write }),
    recordDelivery: (delivery) => write((db) => recordDelivery(db, delivery)),
    listOpenDeliveries: (host, limit) => read((db) => listOpenDeliveries(db, host, limit)),
    closeDeliveries: (ids) => write((db) => closeDeliveries(db, ids)),
    filterDeliveries: (ids) => read((db) => filterDeliveries(db, ids)),
    wishHostObjects: (...wishes) => write((db) => wishHostObjects(db, wishes)),
    findHostObject: (key) => read((db) => findHostObject(db, key)),
    listHostObjects: (keys) => read((db) => listHostObjects(db, keys)),
    listWaitingHostObjects: (host, limit) => read((db) => listWaitingHostObjects(db, host, limit)),
    listUnfinishedHostObjects: (host, before) => read((db) => listUnfinishedHostObjects(db, host, before)),
    fulfilHostObject: (done) => write((db) => fulfilHostObject(db, done)),
    delayHostObject: (tried) => write((db) => delayHostObject(db, tried)),
    saveWriteBudget: (row) => write((db) => saveWriteBudget(db, row)),
    listWriteBudgets: (host) => read((db) => listWriteBudgets(db, host)),
    pruneReviews: (before) => write((db) => pruneReviews(db, before)),
  };
}

/** Keeps a delivery; false when it is there already. */
async function recordDelivery(
  connection: Connection,
  { id, host, event, receivedAt }: DeliveryRow,
): Promise<boolean> {
  const added = await connection.run(
    "INSERT INTO review_delivery (id, host, event, received_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
    [id, host, JSON.stringify(event), receivedAt],
  );
  return added > 0;
}

/** Those that nobody is done with, oldest first. */
async function listOpenDeliveries(
  connection: Connection,
  host: string,
  limit: number,
): Promise<readonly DeliveryRow[]> {
  const rows = await connection.all<Omit<DeliveryRow, "event"> & { readonly event: string }>(
    "SELECT id, host, event, received_at AS receivedAt FROM review_delivery WHERE is_open AND host = ? ORDER BY received_at, rowid LIMIT ?",
    [host, limit],
  );
  // Written by `recordDelivery`.
  return rows.map((row) => ({ ...row, event: JSON.parse(row.event) as Json }));
}

/** Nothing is left to be done about them. */
async function closeDeliveries(connection: Connection, ids: readonly string[]): Promise<void> {
  await connection.run(
    "UPDATE review_delivery SET is_open = 0 WHERE id IN (SELECT value FROM json_each(?))",
    [JSON.stringify(ids)],
  );
}

/** Which of these deliveries are there. */
async function filterDeliveries(connection: Connection, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await connection.all<{ readonly id: string }>(
    "SELECT id FROM review_delivery WHERE id IN (SELECT value FROM json_each(?))",
    [JSON.stringify(ids)],
  );
  return rows.map(({ id }) => id);
}

async function wishHostObjects(
  connection: Connection,
  wishes: readonly HostWish[],
): Promise<readonly HostObject[]> {
  const objects: HostObject[] = [];
  for (const wish of wishes) {
    await wishHostObject(connection, wish);
    objects.push(...(await selectObjects(connection, "key = ?", [wish.key])));
  }
  return objects;
}

/** Says how something at a host is to look from now on. */
async function wishHostObject(connection: Connection, wish: HostWish): Promise<void> {
  const { key, host, account, wanted, dueAt, rank, isUnfinished, updatedAt } = wish;
  await connection.run(
    `INSERT INTO host_object (key, host, account, wanted, due_at, rank, is_unfinished, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET account = excluded.account, wanted = excluded.wanted, due_at = excluded.due_at,
       rank = excluded.rank, is_unfinished = excluded.is_unfinished, updated_at = excluded.updated_at,
       generation = generation + 1, attempts = 0, problem = NULL`,
    [key, host, account, JSON.stringify(wanted), dueAt, rank, isUnfinished ? 1 : 0, updatedAt],
  );
}

/** The object of that key; null when nobody ever wished for it. */
async function findHostObject(connection: Connection, key: string): Promise<HostObject | null> {
  const [found] = await selectObjects(connection, "key = ?", [key]);
  return found ?? null;
}

/** Those of these keys. */
function listHostObjects(connection: Connection, keys: readonly string[]): Promise<readonly HostObject[]> {
  return selectObjects(connection, "key IN (SELECT value FROM json_each(?))", [JSON.stringify(keys)]);
}

/** Whose latest wish is not fulfilled. */
function listWaitingHostObjects(
  connection: Connection,
  host: string,
  limit: number,
): Promise<readonly HostObject[]> {
  const waiting = "written < generation AND host = ? ORDER BY rank, updated_at LIMIT ?";
  return selectObjects(connection, waiting, [host, limit]);
}

/** Fulfilled, with more to come. */
function listUnfinishedHostObjects(
  connection: Connection,
  host: string,
  before: number,
): Promise<readonly HostObject[]> {
  return selectObjects(
    connection,
    "is_unfinished AND written = generation AND host = ? AND updated_at < ? ORDER BY updated_at LIMIT 1000",
    [host, before],
  );
}

/** The wish of that generation is fulfilled. */
async function fulfilHostObject(
  connection: Connection,
  { key, generation, remoteId }: Pick<HostObject, "key" | "generation" | "remoteId">,
): Promise<void> {
  await connection.run(
    "UPDATE host_object SET written = max(written, ?2), remote_id = ?3, problem = iif(generation = ?2, NULL, problem) WHERE key = ?1",
    [key, generation, remoteId],
  );
}

/** The wish of that generation is to be tried again. */
async function delayHostObject(
  connection: Connection,
  tried: Pick<HostObject, "key" | "generation" | "remoteId" | "dueAt" | "attempts" | "problem">,
): Promise<void> {
  await connection.run("UPDATE host_object SET remote_id = ? WHERE key = ?", [tried.remoteId, tried.key]);
  await connection.run(
    "UPDATE host_object SET due_at = ?, attempts = ?, problem = ? WHERE key = ? AND generation = ?",
    [tried.dueAt, tried.attempts, tried.problem, tried.key, tried.generation],
  );
}

async function saveWriteBudget(
  connection: Connection,
  { host, account, spent, closedUntil }: WriteBudgetRow,
): Promise<void> {
  await connection.run(
    "INSERT OR REPLACE INTO write_budget (host, account, spent, closed_until) VALUES (?, ?, ?, ?)",
    [host, account, JSON.stringify(spent), closedUntil],
  );
}

async function listWriteBudgets(connection: Connection, host: string): Promise<readonly WriteBudgetRow[]> {
  const rows = await connection.all<Omit<WriteBudgetRow, "spent"> & { readonly spent: string }>(
    "SELECT host, account, spent, closed_until AS closedUntil FROM write_budget WHERE host = ? ORDER BY account",
    [host],
  );
  // Written by `saveWriteBudget`.
  return rows.map((row) => ({ ...row, spent: JSON.parse(row.spent) as WriteBudgetRow["spent"] }));
}

/**
 * Forgets what is old and done. A deployment that a host shows as in force, or as held, is done when it is told that another one took its
 * place, and the comment of a pull request when that is closed: one of that number is open somewhere as long as it has claims.
 */
async function pruneReviews(connection: Connection, before: number): Promise<void> {
  await connection.run("DELETE FROM review_delivery WHERE NOT is_open AND received_at < ?", [before]);
  await connection.run(
    `DELETE FROM host_object WHERE written = generation AND NOT is_unfinished AND updated_at < ?
       AND NOT coalesce(CASE wanted ->> '$.kind'
         WHEN 'deployment' THEN wanted ->> '$.state' IN ('success', 'queued')
         WHEN 'comment' THEN wanted ->> '$.number' IN (SELECT change FROM change_claims)
       END, 0)`,
    [before],
  );
  await connection.run("DELETE FROM whole_check WHERE key NOT IN (SELECT key FROM host_object)");
}

type Columns = Omit<HostObject, "wanted" | "isUnfinished"> & {
  readonly wanted: string;
  readonly isUnfinished: number;
};

async function selectObjects(
  connection: Connection,
  where: string,
  params: readonly (string | number)[],
): Promise<readonly HostObject[]> {
  const rows = await connection.all<Columns>(
    `SELECT key, host, account, wanted, generation, remote_id AS remoteId, attempts, due_at AS dueAt, rank,
       is_unfinished AS isUnfinished, problem, updated_at AS updatedAt
     FROM host_object WHERE ${where}`,
    params,
  );
  // Written by `wishHostObjects`.
  return rows.map((row) => ({
    ...row,
    wanted: JSON.parse(row.wanted) as Json,
    isUnfinished: row.isUnfinished === 1,
  }));
}
