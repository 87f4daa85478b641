import { joinIdOf } from "../join-id.js";
import type { ActivatedWorkflow, Activation, VersionRow } from "../store.js";
import type { Connection } from "./connection.js";
import { leaveConfirmations, startPin } from "./deployment-decisions.js";
import { insertDeployment } from "./deployments.js";
import { insertListeners, type Listening } from "./listener-rows.js";
import { deleteMentions, insertMentions, insertWebhookMentions } from "./mentions.js";
import { keepPastSchedules } from "./past-schedules.js";
import { buryWorkflows, forgetEmptyEnvironments } from "./tombstones.js";
import { recordHistory } from "./workflow-history.js";

/** Definitions are large: this many workflows travel to SQLite in one statement. */
const WORKFLOWS_PER_STATEMENT = 200;

/** Makes the commit what runs: everything in the caller's transaction, so all of it or nothing. */
export async function activateDeployment(connection: Connection, activation: Activation): Promise<void> {
  const { deployment, removed, buried } = activation;
  const { project, environment, endedAt } = deployment;
  const gone = [...removed.map((workflow) => ({ project, environment, workflow })), ...buried];
  await insertDeployment(connection, deployment);
  await startPin(connection, activation);
  await leaveConfirmations(connection, activation);
  // Before the environment moves on: a tombstone keeps the commit that the workflow was deployed at.
  await buryWorkflows(connection, gone, endedAt);
  await keepPastSchedules(connection, activation);
  await saveEnvironment(connection, activation);
  await deleteTriggers(connection, activation);
  await deleteMentions(connection, activation);
  await insertWebhookMentions(connection, activation);
  for (let start = 0; start < activation.workflows.length; start += WORKFLOWS_PER_STATEMENT) {
    const workflows = activation.workflows.slice(start, start + WORKFLOWS_PER_STATEMENT);
    await insertVersions(
      connection,
      workflows.map(({ version }) => version),
    );
    await saveWorkflows(connection, activation, workflows);
    await insertListeners(connection, listeningOf(activation, workflows));
    await insertMentions(connection, activation, workflows);
    await saveSchedules(connection, activation, workflows);
  }
  await recordHistory(connection, activation);
  await forgetEmptyEnvironments(connection, gone);
}

async function saveEnvironment(
  connection: Connection,
  { deployment, settings, build = null }: Activation,
): Promise<void> {
  await connection.run(
    `INSERT INTO project (project, environment, repository_id, commit_sha, settings, updated_at, build)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (project, environment) DO UPDATE SET repository_id = excluded.repository_id,
       commit_sha = excluded.commit_sha, settings = excluded.settings, updated_at = excluded.updated_at,
       build = excluded.build`,
    [
      deployment.project,
      deployment.environment,
      deployment.repositoryId,
      deployment.commit,
      JSON.stringify(settings),
      deployment.endedAt,
      build,
    ],
  );
}

/**
 * Of the workflows that are written: listeners are written anew; of the schedules and the signals that wait only those go that the
 * commit no longer has.
 */
async function deleteTriggers(connection: Connection, activation: Activation): Promise<void> {
  const { deployment, workflows } = activation;
  const place = [deployment.project, deployment.environment] as const;
  const touched = JSON.stringify(workflows.map(({ workflow }) => workflow));
  await connection.run(
    `DELETE FROM signal_listener
     WHERE project = ? AND environment = ? AND workflow IN (SELECT value FROM json_each(?))`,
    [...place, touched],
  );
  const kept = workflows.flatMap(({ schedules }) => schedules.map(({ id }) => id));
  await connection.run(
    `DELETE FROM schedule
     WHERE project = ? AND environment = ? AND workflow IN (SELECT value FROM json_each(?))
       AND id NOT IN (SELECT value FROM json_each(?))`,
    [...place, touched, JSON.stringify(kept)],
  );
  await connection.run(
    `DELETE FROM joined_signal
     WHERE project = ? AND environment = ? AND workflow IN (SELECT value FROM json_each(?))
       AND (workflow, join_id) NOT IN (SELECT value->>0, value->>1 FROM json_each(?))`,
    [...place, touched, JSON.stringify(areTriggersOff(activation) ? [] : workflows.flatMap(joinsOf))],
  );
}

function joinsOf({ workflow, version }: ActivatedWorkflow): readonly (readonly [string, string])[] {
  return version.definition.triggers.flatMap((trigger) =>
    trigger.kind === "all" ? [[workflow, joinIdOf(trigger)] as const] : [],
  );
}

function areTriggersOff({ deployment, settings }: Activation): boolean {
  return settings.environments[deployment.environment]?.triggers === false;
}

/**
 * A new version's number is one more than its workflow's highest; a workflow is once in an activation. Most versions of a
 * push are there already: only the new ones' definitions, which are large, travel to SQLite.
 */
export async function insertVersions(connection: Connection, versions: readonly VersionRow[]): Promise<void> {
  const known = await connection.all<{ readonly id: string }>(
    "SELECT id FROM version WHERE id IN (SELECT value FROM json_each(?))",
    [JSON.stringify(versions.map(({ id }) => id))],
  );
  const knownIds = new Set(known.map(({ id }) => id));
  const fresh = versions.filter(({ id }) => !knownIds.has(id));
  if (fresh.length === 0) return;
  await connection.run(
    `INSERT INTO version (id, project, workflow, number, fingerprint, commit_sha, created_at, definition)
     SELECT value->>'id', value->>'project', value->>'workflow',
       1 + coalesce((SELECT max(number) FROM version
                     WHERE project = value->>'project' AND workflow = value->>'workflow'), 0),
       value->>'fingerprint', value->>'commit', value->>'createdAt', value->>'definition'
     FROM json_each(?) WHERE true
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(fresh)],
  );
}

/** `updated_at` moves only when something of the workflow itself changed, not with every commit. */
async function saveWorkflows(
  connection: Connection,
  { deployment }: Activation,
  workflows: readonly ActivatedWorkflow[],
): Promise<void> {
  const rows = workflows.map(({ workflow, path, version, properties }) => ({
    workflow,
    path,
    versionId: version.id,
    properties,
  }));
  await connection.run(
    `INSERT INTO workflow (project, environment, workflow, repository_id, path, version_id, commit_sha, properties,
       updated_at)
     SELECT ?, ?, value->>'workflow', ?, value->>'path', value->>'versionId', ?, value->>'properties', ?
     FROM json_each(?) WHERE true
     ON CONFLICT (project, environment, workflow) DO UPDATE SET repository_id = excluded.repository_id,
       path = excluded.path, version_id = excluded.version_id, commit_sha = excluded.commit_sha,
       properties = excluded.properties, removed_at = NULL,
       updated_at = iif(version_id = excluded.version_id AND path = excluded.path
                          AND properties = excluded.properties AND removed_at IS NULL,
                        updated_at, excluded.updated_at)`,
    [
      deployment.project,
      deployment.environment,
      deployment.repositoryId,
      deployment.commit,
      deployment.endedAt,
      JSON.stringify(rows),
    ],
  );
}

/** An environment whose triggers are off listens to nothing. */
function listeningOf(activation: Activation, workflows: readonly ActivatedWorkflow[]): readonly Listening[] {
  if (areTriggersOff(activation)) return [];
  const { project, environment } = activation.deployment;
  return workflows.map(({ workflow, version }) => ({
    project,
    environment,
    workflow,
    triggers: version.definition.triggers,
  }));
}

/**
 * A schedule that is there keeps its next slot, whatever the new row says: its id holds all that decides when. Its trigger
 * becomes that of the commit, and the slot's start moves with the jitter, which is the difference of the new row's times. Only
 * slots that have come are of the trigger of before, which is kept for them (`keepPastSchedules`): this one goes on after them.
 */
async function saveSchedules(
  connection: Connection,
  { deployment }: Activation,
  workflows: readonly ActivatedWorkflow[],
): Promise<void> {
  const rows = workflows.flatMap(({ workflow, schedules }) =>
    schedules.map((schedule) => ({ ...schedule, workflow })),
  );
  await connection.run(
    `INSERT INTO schedule (id, project, environment, workflow, definition, next_slot_at, next_at)
     SELECT value->>'id', ?1, ?2, value->>'workflow', value->>'trigger', value->>'nextSlotAt', value->>'nextAt'
     FROM json_each(?3) WHERE true
     ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
       next_slot_at = iif(next_slot_at <= ?4, excluded.next_slot_at, next_slot_at),
       next_at = iif(next_slot_at <= ?4, excluded.next_at,
                     coalesce(next_slot_at + excluded.next_at - excluded.next_slot_at, next_at))
     WHERE definition <> excluded.definition`,
    [deployment.project, deployment.environment, JSON.stringify(rows), deployment.endedAt],
  );
}
