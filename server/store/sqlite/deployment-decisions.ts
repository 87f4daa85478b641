import type { ConfirmationRow, Decided, OwnedPlace, PinRow } from "../deployment-decisions.js";
import type { Activation } from "../store.js";
import type { Connection, SqlValue } from "./connection.js";

interface PinRecord extends Omit<PinRow, "ended"> {
  readonly endedBy: string | null;
  readonly endedReason: string | null;
  readonly endedAt: number | null;
}

/** False when the commit is confirmed already: the first one stays, unless the branch has left it since. */
export async function confirmCommit(
  connection: Connection,
  { repositoryId, commit, by, reason, at }: ConfirmationRow,
): Promise<boolean> {
  const added = await connection.run(
    `INSERT INTO commit_confirmation (repository_id, commit_sha, said_of, confirmed_by, reason, at)
     SELECT ?1, ?2, (SELECT coalesce(max(key), 0) FROM deployment WHERE repository_id = ?1), ?3, ?4, ?5
     WHERE NOT EXISTS (
       SELECT 1 FROM commit_confirmation WHERE repository_id = ?1 AND commit_sha = ?2 AND left_by IS NULL
     )`,
    [repositoryId, commit, by, reason, at],
  );
  return added === 1;
}

/** Null when nobody has confirmed the commit since the branch last left it. */
export async function findConfirmation(
  connection: Connection,
  repositoryId: string,
  commit: string,
): Promise<ConfirmationRow | null> {
  const [row] = await connection.all<ConfirmationRow>(
    `SELECT repository_id AS repositoryId, commit_sha AS "commit", confirmed_by AS "by", reason, at
     FROM commit_confirmation WHERE repository_id = ? AND commit_sha = ? AND left_by IS NULL`,
    [repositoryId, commit],
  );
  return row ?? null;
}

/**
 * In the transaction that activates the commit: what was confirmed of others counts no more. Whoever pins, or declares anew what is live, leaves
 * the branch where it is.
 */
export async function leaveConfirmations(
  connection: Connection,
  { deployment, pin, isDeclaredAnew }: Pick<Activation, "deployment" | "pin" | "isDeclaredAnew">,
): Promise<void> {
  if (pin !== undefined || isDeclaredAnew === true) return;
  const { id, repositoryId, commit } = deployment;
  await connection.run(
    `UPDATE commit_confirmation SET left_by = (SELECT key FROM deployment WHERE id = ?)
     WHERE repository_id = ? AND commit_sha <> ? AND left_by IS NULL`,
    [id, repositoryId, commit],
  );
}

/** In the transaction that activates the commit: the pin before, if there is one, ends with it. */
export async function startPin(
  connection: Connection,
  { deployment, pin }: Pick<Activation, "deployment" | "pin">,
): Promise<void> {
  if (pin === undefined) return;
  const { project, environment, repositoryId, commit, id } = deployment;
  const { by, at } = pin;
  await endPin(
    connection,
    { project, environment },
    { by, reason: `pinned to ${commit.slice(0, 12)} instead`, at },
  );
  await connection.run(
    `INSERT INTO pin (project, environment, repository_id, commit_sha, deployment_id, pinned_by, reason, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [project, environment, repositoryId, commit, id, by, pin.reason, at],
  );
}

/** False when the environment has no pin. */
export async function endPin(
  connection: Connection,
  { project, environment }: Pick<PinRow, "project" | "environment">,
  { by, reason, at }: Decided,
): Promise<boolean> {
  const ended = await connection.run(
    `UPDATE pin SET ended_by = ?, ended_reason = ?, ended_at = ?
     WHERE project = ? AND environment = ? AND ended_at IS NULL`,
    [by, reason, at, project, environment],
  );
  return ended > 0;
}

/** Ends all pins of a repository that is not followed any more. */
export async function endPinsOf(connection: Connection, repositoryId: string, at: number): Promise<void> {
  await connection.run(
    `UPDATE pin SET ended_by = 'headwater', ended_reason = 'the repository was removed', ended_at = ?
     WHERE repository_id = ? AND ended_at IS NULL`,
    [at, repositoryId],
  );
}

/** Environments whose deployed settings ask for signed commits. */
export function listSignedEnvironments(connection: Connection): Promise<readonly OwnedPlace[]> {
  return connection.all<OwnedPlace>(
    `SELECT project, environment, repository_id AS repositoryId FROM project
     WHERE settings->>'$.policies.signedCommits' ORDER BY project, environment`,
  );
}

/** Settings of an earlier build do not say. */
export async function listBackfillBranches(
  connection: Connection,
  { project, environment }: Pick<PinRow, "project" | "environment">,
): Promise<readonly string[]> {
  const rows = await connection.all<{ readonly pattern: string }>(
    `SELECT pattern.value AS pattern FROM project, json_each(project.settings, '$.environments') AS place,
       json_each(place.value, '$.backfillsFrom') AS pattern
     WHERE project.project = ? AND project.environment = ? AND place.key = project.environment`,
    [project, environment],
  );
  return rows.map(({ pattern }) => pattern);
}

/** By project and environment. */
export function listOpenPins(connection: Connection): Promise<readonly PinRow[]> {
  return selectPins(connection, "WHERE ended_at IS NULL ORDER BY project, environment", []);
}

/** Newest first. */
export function listPins(
  connection: Connection,
  { project, limit }: { readonly project?: string; readonly limit: number },
): Promise<readonly PinRow[]> {
  return selectPins(connection, "WHERE project = coalesce(?, project) ORDER BY key DESC LIMIT ?", [
    project ?? null,
    limit,
  ]);
}

async function selectPins(
  connection: Connection,
  rest: string,
  params: readonly SqlValue[],
): Promise<readonly PinRow[]> {
  const records = await connection.all<PinRecord>(
    `SELECT project, environment, repository_id AS repositoryId, commit_sha AS "commit", pinned_by AS "by", reason, at,
       ended_by AS endedBy, ended_reason AS endedReason, ended_at AS endedAt
     FROM pin ${rest}`,
    params,
  );
  return records.map(({ endedBy, endedReason, endedAt, ...pin }) => ({
    ...pin,
    ended:
      endedBy === null || endedAt === null ? null : { by: endedBy, reason: endedReason ?? "", at: endedAt },
  }));
}
