import { completeDefinition, completeProperties } from "@headwater/workflow";
import type { EnvironmentRow, EnvironmentWriting, LiveWorkflow } from "../environment-row.js";
import type { VersionRow, WorkflowKey, WorkflowRow } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** A subquery, not a join: an outer one would bind the order in which SQLite looks tables up. */
const COMMIT = `iif(w.removed_at IS NULL, (SELECT p.commit_sha FROM project AS p
  WHERE p.project = w.project AND p.environment = w.environment), w.commit_sha)`;

const SELECT_WORKFLOW = `SELECT w.project, w.environment, w.workflow, w.repository_id AS repositoryId, w.path,
  w.version_id AS versionId, v.number AS versionNumber, ${COMMIT} AS "commit", w.properties,
  w.updated_at AS updatedAt, w.removed_at AS removedAt
  FROM workflow w JOIN version v ON v.id = w.version_id`;

/** A condition on `w` with `keysText` as its parameter. */
export const IS_OF_KEYS = `(w.project, w.environment, w.workflow) IN
  (SELECT value->>0, value->>1, value->>2 FROM jsonb_each(?))`;

const VERSION_COLUMNS = `id, project, workflow, number, fingerprint, commit_sha AS "commit", created_at AS createdAt`;

/** Where something is deployed, by project and environment. */
export function listEnvironments(connection: Connection): Promise<readonly EnvironmentRow[]> {
  return connection.all<EnvironmentRow>(
    `SELECT project, environment, repository_id AS repositoryId, commit_sha AS "commit",
       settings->>'$.policies.maxDeletedWorkflows' AS maxDeletedWorkflows
     FROM project ORDER BY project, environment`,
  );
}

/** How what is live in an environment was written; null where nothing is. */
export async function findWriting(
  connection: Connection,
  { project, environment }: Pick<WorkflowKey, "project" | "environment">,
): Promise<EnvironmentWriting | null> {
  const [row] = await connection.all<{
    readonly build: string | null;
    readonly environments: JsonText<Readonly<Record<string, { readonly triggers: boolean }>>>;
  }>(
    "SELECT build, settings->'$.environments' AS environments FROM project WHERE project = ? AND environment = ?",
    [project, environment],
  );
  if (row === undefined) return null;
  return { build: row.build, triggers: parseColumn(row.environments)[environment]?.triggers ?? true };
}

/** What an environment of a project runs, by id. */
export async function listLiveWorkflows(
  connection: Connection,
  { project, environment }: Pick<WorkflowKey, "project" | "environment">,
): Promise<readonly LiveWorkflow[]> {
  const records = await connection.all<
    Omit<LiveWorkflow, "properties"> & { readonly properties: JsonText<LiveWorkflow["properties"]> }
  >(
    `SELECT w.workflow, w.path, v.fingerprint, w.properties FROM workflow w JOIN version v ON v.id = w.version_id
     WHERE w.project = ? AND w.environment = ? AND w.removed_at IS NULL ORDER BY w.workflow`,
    [project, environment],
  );
  return records.map((record) => ({
    ...record,
    properties: completeProperties(parseColumn(record.properties)),
  }));
}

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

/** The workflows of these keys, in order, also those with a tombstone; null for one that never was. */
export async function findWorkflows(
  connection: Connection,
  keys: readonly WorkflowKey[],
): Promise<readonly (WorkflowRow | null)[]> {
  const rows = await selectWorkflows(connection, `WHERE ${IS_OF_KEYS}`, [keysText(keys)]);
  const byKey = new Map(rows.map((row) => [keyText(row), row]));
  return keys.map((key) => byKey.get(keyText(key)) ?? null);
}

/** The versions of these ids, in order, with their definitions; null for one that is not there. */
export async function findVersions(
  connection: Connection,
  ids: readonly string[],
): Promise<readonly (VersionRow | null)[]> {
  const records = await connection.all<
    Omit<VersionRow, "definition"> & { readonly definition: JsonText<VersionRow["definition"]> }
  >(`SELECT ${VERSION_COLUMNS}, definition FROM version WHERE id IN (SELECT value FROM json_each(?))`, [
    JSON.stringify(ids),
  ]);
  const byId = new Map(records.map((record) => [record.id, record]));
  return ids.map((id) => {
    const record = byId.get(id);
    return record === undefined
      ? null
      : { ...record, definition: completeDefinition(parseColumn(record.definition)) };
  });
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

/** Workflows as they are told everywhere, by a condition on `w`. */
export async function selectWorkflows(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly WorkflowRow[]> {
  const records = await connection.all<
    Omit<WorkflowRow, "properties"> & { readonly properties: JsonText<WorkflowRow["properties"]> }
  >(`${SELECT_WORKFLOW} ${rest}`, params);
  return records.map((record) => ({
    ...record,
    properties: completeProperties(parseColumn(record.properties)),
  }));
}

/** The parameter of `IS_OF_KEYS`. */
export function keysText(keys: readonly WorkflowKey[]): string {
  return JSON.stringify(keys.map(({ project, environment, workflow }) => [project, environment, workflow]));
}

/** A name for the workflow of an environment of a project; none of the three can hold a slash. */
export function keyText({ project, environment, workflow }: WorkflowKey): string {
  return `${project}/${environment}/${workflow}`;
}
