import type { Decided } from "../deployment-decisions.js";
import type { BroughtVersion, DeploymentRow, ListedDeployment, Store } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

type Written = Lists | "rewritten" | "confirmed" | "pinned" | "unpinned";

type DeploymentRecord = Omit<ListedDeployment, Written> & {
  readonly diagnostics: JsonText<DeploymentRow["diagnostics"]>;
  readonly added: JsonText<DeploymentRow["added"]>;
  readonly changed: JsonText<DeploymentRow["changed"]>;
  readonly removed: JsonText<DeploymentRow["removed"]>;
  readonly rewritten: JsonText<DeploymentRow["rewritten"]> | null;
  readonly confirmed: JsonText<Decided> | null;
  readonly pinned: JsonText<Decided> | null;
  readonly unpinned: JsonText<Decided> | null;
};

/** Adds the deployment; one whose id is there already is left as it is. */
export async function insertDeployment(connection: Connection, deployment: DeploymentRow): Promise<void> {
  await connection.run(
    `INSERT INTO deployment (id, repository_id, project, environment, branch, commit_sha, commit_author, committer,
       commit_subject, committed_at, status, reason, diagnostics, added, changed, removed, unchanged, rewritten, seen_at, ended_at)
     SELECT value->>'id', value->>'repositoryId', value->>'project', value->>'environment', value->>'branch', value->>'commit',
       value->>'commitAuthor', value->>'commitCommitter', value->>'commitSubject', value->>'committedAt', value->>'status', value->>'reason',
       value->>'diagnostics', value->>'added', value->>'changed', value->>'removed', value->>'unchanged', value->>'rewritten',
       value->>'seenAt', value->>'endedAt'
     FROM json_each(?) WHERE true
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify([deployment])],
  );
}

/** A branch is one environment of one project at a time, so a later activation of either takes the place of an earlier one. */
const OUTDATED = `CASE
  WHEN status <> 'active' THEN NULL
  WHEN NOT EXISTS (SELECT 1 FROM repository WHERE repository.id = repository_id) THEN 'removed'
  WHEN EXISTS (
    SELECT 1 FROM deployment AS later WHERE later.repository_id = deployment.repository_id
      AND later.status = 'active' AND later.key > deployment.key
    UNION ALL
    SELECT 1 FROM deployment AS later WHERE later.project = deployment.project
      AND later.environment = deployment.environment AND later.status = 'active' AND later.key > deployment.key
  ) THEN 'superseded'
END`;

/** From the one that was held until the branch goes on: at most one confirmation of a commit is of a deployment. */
const CONFIRMED = `(
  SELECT json_object('by', confirmed_by, 'reason', reason, 'at', at) FROM commit_confirmation AS confirmation
  WHERE confirmation.repository_id = deployment.repository_id AND confirmation.commit_sha = deployment.commit_sha
    AND said_of <= deployment.key AND (left_by IS NULL OR left_by > deployment.key)
)`;

const PINNED = `(
  SELECT json_object('by', pinned_by, 'reason', reason, 'at', at) FROM pin WHERE pin.deployment_id = deployment.id
)`;

/** What an end of a pin brings was seen at that very moment: see `Registry.unpin`. */
const UNPINNED = `(
  SELECT json_object('by', ended_by, 'reason', ended_reason, 'at', ended_at) FROM pin
  WHERE pin.project = deployment.project AND pin.environment = deployment.environment AND pin.ended_at = deployment.seen_at
  LIMIT 1
)`;

/** Newest first. */
export async function listDeployments(
  connection: Connection,
  query: Parameters<Store["listDeployments"]>[0],
): Promise<readonly ListedDeployment[]> {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  if (query.repositoryId !== undefined) {
    conditions.push("repository_id = ?");
    params.push(query.repositoryId);
  }
  if (query.project !== undefined) {
    conditions.push("project = ?");
    params.push(query.project);
  }
  if (query.environment !== undefined) {
    conditions.push("environment = ?");
    params.push(query.environment);
  }
  if (query.named !== undefined) {
    // After every hexadecimal digit: the index finds all that begin so.
    conditions.push("(id = ? OR (commit_sha >= ? AND commit_sha < ?))");
    params.push(query.named, query.named, `${query.named}g`);
  }
  if (query.statuses !== undefined) {
    conditions.push("status IN (SELECT value FROM json_each(?))");
    params.push(JSON.stringify(query.statuses));
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const records = await connection.all<DeploymentRecord>(
    `SELECT ${COLUMNS}, ${OUTDATED} AS outdated, ${CONFIRMED} AS confirmed, ${PINNED} AS pinned,
       ${UNPINNED} AS unpinned
     FROM deployment ${where} ORDER BY key DESC LIMIT ?`,
    [...params, query.limit],
  );
  return records.map((record) => ({
    ...parsed(record),
    confirmed: record.confirmed === null ? null : parseColumn(record.confirmed),
    pinned: record.pinned === null ? null : parseColumn(record.pinned),
    // A pin in the place of another one ends that at the same moment.
    unpinned: record.unpinned === null || record.pinned !== null ? null : parseColumn(record.unpinned),
  }));
}

/** In the order in which they were recorded. */
export async function listDeploymentsAfter(
  connection: Connection,
  after: number,
  limit: number,
): Promise<readonly { readonly key: number; readonly deployment: DeploymentRow }[]> {
  const records = await connection.all<
    Omit<DeploymentRecord, "outdated" | "confirmed" | "pinned" | "unpinned"> & { readonly key: number }
  >(`SELECT key, ${COLUMNS} FROM deployment WHERE key > ? ORDER BY key LIMIT ?`, [after, limit]);
  return records.map(({ key, ...record }) => ({ key, deployment: parsed(record) }));
}

const COLUMNS = `id, repository_id AS repositoryId, project, environment, branch, commit_sha AS "commit",
  commit_author AS commitAuthor, committer AS commitCommitter, commit_subject AS commitSubject,
  committed_at AS committedAt, status, reason, diagnostics, added, changed, removed, unchanged, rewritten,
  seen_at AS seenAt, ended_at AS endedAt`;

type Lists = "diagnostics" | "added" | "changed" | "removed";

function parsed<Row extends Pick<DeploymentRecord, Lists | "rewritten">>(
  record: Row,
): Omit<Row, Lists | "rewritten"> & Pick<DeploymentRow, Lists | "rewritten"> {
  return {
    ...record,
    diagnostics: parseColumn(record.diagnostics),
    added: parseColumn(record.added),
    changed: parseColumn(record.changed),
    removed: parseColumn(record.removed),
    rewritten: record.rewritten === null ? null : parseColumn(record.rewritten),
  };
}

/** See `Store.findHeadBefore`. */
export async function findHeadBefore(
  connection: Connection,
  { repositoryId, branch, commit }: Parameters<Store["findHeadBefore"]>[0],
): Promise<string | null> {
  const [row] = await connection.all<{ readonly commit: string }>(
    `SELECT commit_sha AS "commit" FROM deployment
     WHERE repository_id = ? AND branch = ? AND commit_sha <> ?
       AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.deployment_id = deployment.id)
     ORDER BY key DESC LIMIT 1`,
    [repositoryId, branch, commit],
  );
  return row?.commit ?? null;
}

/** The versions that these deployments brought, in the order of their workflows. */
export function listBroughtVersions(
  connection: Connection,
  deploymentIds: readonly string[],
): Promise<readonly BroughtVersion[]> {
  return connection.all<BroughtVersion>(
    `SELECT deployment.id AS deploymentId, history.workflow, version.number AS versionNumber
     FROM deployment JOIN workflow_history AS history ON history.deployment_key = deployment.key
     JOIN version ON version.id = history.version_id
     WHERE deployment.id IN (SELECT value FROM json_each(?)) ORDER BY history.workflow`,
    [JSON.stringify(deploymentIds)],
  );
}
