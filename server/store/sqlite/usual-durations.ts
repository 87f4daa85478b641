import type { UsualDurationQuery, UsualDurationRow } from "../usual-duration.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** Old runs did other work; and each one counted is a row to read, for every workflow of a project. */
export const RUNS_COUNTED = 10;
/** One or two runs are no custom. */
const RUNS_NEEDED = 3;

/**
 * The median of the newest successes of each live workflow, by workflow. A run that was restarted took as long as people needed
 * to do it, so it does not count.
 */
export async function listUsualDurations(
  connection: Connection,
  query: UsualDurationQuery,
): Promise<readonly UsualDurationRow[]> {
  const [condition, params] =
    "repositoryId" in query
      ? ["w.repository_id = ?", [query.repositoryId]]
      : ["w.project = ? AND w.environment = ?", [query.project, query.environment]];
  const records = await connection.all<{
    readonly workflow: string;
    readonly took: JsonText<readonly number[]>;
  }>(
    // Those with too few are left out here: most workflows of a new project have none, and each row costs.
    `SELECT workflow, took FROM (SELECT w.workflow, (
       SELECT json_group_array(took) FROM (
         SELECT ended_at - started_at AS took FROM run INDEXED BY run_by_workflow_status
         WHERE project = w.project AND workflow = w.workflow AND status = 'succeeded'
           AND environment = w.environment AND attempt = 1
         ORDER BY key DESC LIMIT ${RUNS_COUNTED})) AS took
     FROM workflow w WHERE ${condition} AND w.removed_at IS NULL)
     WHERE json_array_length(took) >= ${RUNS_NEEDED} ORDER BY workflow`,
    params,
  );
  return records.map(({ workflow, took }) => {
    const durations = parseColumn(took);
    return { workflow, medianMs: medianOf(durations), runs: durations.length };
  });
}

/** Rounded to whole milliseconds. */
function medianOf(durationsMs: readonly number[]): number {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return Math.round(middle.reduce((sum, each) => sum + each, 0) / middle.length);
}
