import type { VersionRow, WorkflowKey, WorkflowRow } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

const SELECT_WORKFLOW = `SELECT w.project, w.environment, w.workflow, w.repository_id AS repositoryId, w.path,
  w.version_id AS versionId, v.number AS versionNumber, w.commit_sha AS "commit", w.properties,
  w.updated_at AS updatedAt, w.removed_at AS removedAt
  FROM workflow w JOIN version v ON v.id = w.version_id`;

const VERSION_COLUMNS = `id, project, workflow, number, fingerprint, commit_sha AS "commit", created_at AS createdAt`;

/** By project, environment and id; those with a tombstone only when asked for. */
export function listWorkflows(
  connection: Connection,
  query: { readonly project?: string; readonly includeRemoved?: boolean },
): Promise<readonly WorkflowRow[]> {
  const conditions = [
    ...(query.project === undefined ? [] : ["w.project = ?"]),
    ...(query.includeRemoved === true ? [] : ["w.removed_at IS NULL"]),
  ];
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return selectWorkflows(
    connection,
    `${where} ORDER BY w.project, w.environment, w.workflow`,
    query.project === undefined ? [] : [query.project],
  );
}

/** Also one with a tombstone; null when it never was. */
export async function findWorkflow(connection: Connection, key: WorkflowKey): Promise<WorkflowRow | null> {
  const [workflow] = await selectWorkflows(
    connection,
    "WHERE w.project = ? AND w.environment = ? AND w.workflow = ?",
    [key.project, key.environment, key.workflow],
  );
  return workflow ?? null;
}

/** Live workflows with a trigger on the signal, by project, environment and id. */
export function listSignalListeners(connection: Connection, signal: string): Promise<readonly WorkflowRow[]> {
  return selectWorkflows(
    connection,
    `JOIN signal_listener l ON (l.project, l.environment, l.workflow) = (w.project, w.environment, w.workflow)
     WHERE l.signal = ? AND w.removed_at IS NULL ORDER BY w.project, w.environment, w.workflow`,
    [signal],
  );
}

/** The version of this id with its definition; null when there is none. */
export async function findVersion(connection: Connection, id: string): Promise<VersionRow | null> {
  const [record] = await connection.all<
    Omit<VersionRow, "definition"> & { readonly definition: JsonText<VersionRow["definition"]> }
  >(`SELECT ${VERSION_COLUMNS}, definition FROM version WHERE id = ?`, [id]);
  if (record === undefined) return null;
  return { ...record, definition: parseColumn(record.definition) };
}

/** Newest first. */
export function listVersions(
  connection: Connection,
  key: WorkflowKey,
): Promise<readonly Omit<VersionRow, "definition">[]> {
  return connection.all<Omit<VersionRow, "definition">>(
    `SELECT ${VERSION_COLUMNS} FROM version WHERE project = ? AND workflow = ? ORDER BY number DESC`,
    [key.project, key.workflow],
  );
}

async function selectWorkflows(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly WorkflowRow[]> {
  const records = await connection.all<
    Omit<WorkflowRow, "properties"> & { readonly properties: JsonText<WorkflowRow["properties"]> }
  >(`${SELECT_WORKFLOW} ${rest}`, params);
  return records.map((record) => ({
    ...record,
    properties: parseColumn(record.properties),
  }));
}
