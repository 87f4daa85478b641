import type { ListedSourceEvent, SourceEventRow, SourceEvents } from "../source-events.js";
import type { Access } from "./access.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** A host that comes and goes all day long must not fill the disk. */
const KEPT_MAX = 1000;

/** What happened to repositories. */
export function sourceEventMethods({ read, write }: Access): SourceEvents {
  return {
    saveSourceEvent: (event) => write((db) => saveEvent(db, event)),
    listOpenSourceEvents: () => read((db) => listOpen(db)),
    listSourceEvents: (query) => read((db) => list(db, query)),
    pruneSourceEvents: (query) => write((db) => prune(db, query)),
  };
}

/** What goes on of a repository that is not followed any more is over. */
export async function endSourceEventsOf(
  connection: Connection,
  repositoryId: string,
  at: number,
): Promise<void> {
  await connection.run("UPDATE source_event SET until = ? WHERE repository_id = ? AND until IS NULL", [
    at,
    repositoryId,
  ]);
}

async function saveEvent(connection: Connection, event: SourceEventRow): Promise<void> {
  const { id, repositoryId, branch, kind, detail, lostCommits, since, until } = event;
  await connection.run(
    `INSERT INTO source_event (id, repository_id, branch, kind, detail, lost_commits, since, until)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET detail = excluded.detail, lost_commits = excluded.lost_commits, until = excluded.until`,
    [id, repositoryId, branch, kind, detail, JSON.stringify(lostCommits), since, until],
  );
  await connection.run(
    `DELETE FROM source_event WHERE repository_id = ?1 AND until IS NOT NULL AND key <=
       (SELECT key FROM source_event WHERE repository_id = ?1 ORDER BY key DESC LIMIT 1 OFFSET ?2)`,
    [repositoryId, KEPT_MAX],
  );
}

const COLUMNS = `event.id, event.repository_id AS repositoryId, event.branch, event.kind, event.detail,
  event.lost_commits AS lostCommits, event.since, event.until`;

type Stored<Row> = Omit<Row, "lostCommits"> & { readonly lostCommits: JsonText<readonly string[]> };

async function listOpen(connection: Connection): Promise<readonly SourceEventRow[]> {
  const records = await connection.all<Stored<SourceEventRow>>(
    `SELECT ${COLUMNS} FROM source_event AS event WHERE until IS NULL ORDER BY key`,
  );
  return records.map(parsed);
}

async function list(
  connection: Connection,
  { repositoryId, project, environment, after, limit }: Parameters<SourceEvents["listSourceEvents"]>[0],
): Promise<readonly ListedSourceEvent[]> {
  const conditions = ["(until IS NULL OR until >= ?)"];
  const params: SqlValue[] = [after];
  if (repositoryId !== undefined) {
    conditions.push("event.repository_id = ?");
    params.push(repositoryId);
  }
  const places = [
    ...(project === undefined ? [] : [["project", project] as const]),
    ...(environment === undefined ? [] : [["environment", environment] as const]),
  ];
  if (places.length > 0) {
    const isThere = places.map(([column]) => `deployment.${column} = ?`).join(" AND ");
    // What is the matter with all of a repository is on record of the registered one alone.
    conditions.push(`EXISTS (SELECT 1 FROM deployment WHERE ${isThere} AND (
      (deployment.repository_id = event.repository_id
        AND (event.branch IS NULL OR deployment.branch IS NULL OR deployment.branch = event.branch))
      OR (event.branch IS NULL AND deployment.repository_id IN
        (SELECT id FROM repository WHERE declared->>'by' = event.repository_id))))`);
    params.push(...places.map(([, value]) => value));
  }
  const records = await connection.all<Stored<ListedSourceEvent>>(
    `SELECT ${COLUMNS}, repository.name AS repository FROM source_event AS event
     LEFT JOIN repository ON repository.id = event.repository_id
     WHERE ${conditions.join(" AND ")} ORDER BY since DESC, key DESC LIMIT ?`,
    [...params, limit],
  );
  return records.map(parsed);
}

function parsed<Row extends { readonly lostCommits: JsonText<readonly string[]> }>(
  record: Row,
): Omit<Row, "lostCommits"> & Pick<SourceEventRow, "lostCommits"> {
  return { ...record, lostCommits: parseColumn(record.lostCommits) };
}

async function prune(
  connection: Connection,
  { endedBefore, after = 0, limit }: Parameters<SourceEvents["pruneSourceEvents"]>[0],
): ReturnType<SourceEvents["pruneSourceEvents"]> {
  const looked = await connection.all<{ readonly key: number }>(
    "SELECT key FROM source_event WHERE key > ? ORDER BY key LIMIT ?",
    [after, limit],
  );
  const last = looked.at(-1)?.key ?? null;
  if (last === null) return { pruned: 0, next: null };
  const pruned = await connection.run("DELETE FROM source_event WHERE key > ? AND key <= ? AND until < ?", [
    after,
    last,
    endedBefore,
  ]);
  return { pruned, next: looked.length < limit ? null : last };
}
