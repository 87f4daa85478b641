import type { PrunedPage } from "../retention.js";
import type { VersionRetention } from "../version-retention.js";
import type { Connection } from "./connection.js";
import { forgetUndeployedVersions } from "./undeployed-versions.js";

/** When another version, or none, has taken its place; null while that has not happened. */
const NEXT_KEY = `(SELECT min(deployment_key) FROM workflow_history AS later
  WHERE later.project = history.project AND later.environment = history.environment
    AND later.workflow = history.workflow AND later.deployment_key > history.deployment_key)`;

/** A deployment that is not listed any more ended long ago. */
const WAS_LIVE_LATELY = `(${NEXT_KEY} IS NULL
  OR EXISTS (SELECT 1 FROM deployment WHERE deployment.key = ${NEXT_KEY} AND deployment.ended_at >= ?2))`;

const WAS_LIVE_AT_ONE_THAT_IS_LISTED = `EXISTS (SELECT 1 FROM deployment
  WHERE deployment.project = history.project AND deployment.environment = history.environment
    AND deployment.status = 'active' AND deployment.key >= history.deployment_key
    AND deployment.key < coalesce(${NEXT_KEY}, deployment.key + 1))`;

/** See `VersionRetention`. */
export async function pruneVersions(
  connection: Connection,
  { endedBefore, after = 0, limit }: Parameters<VersionRetention["pruneVersions"]>[0],
): Promise<PrunedPage> {
  if (after === 0) await forgetUndeployedVersions(connection);
  const looked = await connection.all<{ readonly key: number }>(
    "SELECT rowid AS key FROM version WHERE rowid > ? ORDER BY rowid LIMIT ?",
    [after, limit],
  );
  const last = looked.at(-1)?.key ?? null;
  if (last === null) return { pruned: 0, next: null };
  const unneeded = await connection.all<{ readonly id: string }>(
    `SELECT id FROM version
     WHERE rowid > ?1 AND rowid <= ?3 AND created_at < ?2
       AND EXISTS (SELECT 1 FROM version AS newer WHERE newer.project = version.project
         AND newer.workflow = version.workflow AND newer.number > version.number)
       AND NOT EXISTS (SELECT 1 FROM workflow WHERE workflow.version_id = version.id)
       AND NOT EXISTS (SELECT 1 FROM past_schedule AS past WHERE past.version_id = version.id)
       AND (instr(project, ' ') = 0 OR NOT EXISTS (SELECT 1 FROM run
         WHERE run.project = substr(version.project, 1, instr(version.project, ' ') - 1)
           AND run.environment = substr(version.project, instr(version.project, ' ') + 1)
           AND run.workflow = version.workflow AND run.version_id = version.id))
       AND NOT EXISTS (SELECT 1 FROM undeployed_version AS made WHERE made.version_id = version.id)
       AND NOT EXISTS (SELECT 1 FROM backfill WHERE backfill.binding->>'versionId' = version.id
         AND backfill.status NOT IN ('finished', 'canceled'))
       AND NOT EXISTS (SELECT 1 FROM workflow_history AS history
         WHERE history.version_id = version.id AND (${WAS_LIVE_LATELY} OR ${WAS_LIVE_AT_ONE_THAT_IS_LISTED}))`,
    [after, endedBefore, last],
  );
  const ids = JSON.stringify(unneeded.map(({ id }) => id));
  await connection.run("DELETE FROM version WHERE id IN (SELECT value FROM json_each(?))", [ids]);
  return { pruned: unneeded.length, next: looked.length < limit ? null : last };
}
