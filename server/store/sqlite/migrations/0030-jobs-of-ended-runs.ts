/** The statuses in which a job is done, as a list of SQL. */
const ENDED =
  "('succeeded', 'failed', 'timed_out', 'canceled', 'skipped', 'upstream_failed', 'ignored_failure')";

/** A count of jobs by status, as JSON, in which those that have not ended count as canceled. */
function closed(jobs: string): string {
  return `(SELECT json_group_object(status, number) FROM (
    SELECT iif(key IN ${ENDED}, key, 'canceled') AS status, sum(value) AS number FROM json_each(${jobs}) GROUP BY 1))`;
}

/**
 * A run that was canceled or superseded before it began left its jobs as waiting, for ever, in itself and in all runs above it. What it
 * changes is passed on to these by the trigger that passes on every change.
 */
export const jobsOfEndedRuns = `
UPDATE run_progress SET jobs = ${closed("run_progress.jobs")},
  total = (SELECT json_group_object(status, number) FROM (
    SELECT status, sum(number) AS number FROM (
      SELECT key AS status, value AS number FROM json_each(run_progress.total)
      UNION ALL SELECT key, value FROM json_each(${closed("run_progress.jobs")})
      UNION ALL SELECT key, -value FROM json_each(run_progress.jobs))
    GROUP BY status HAVING sum(number) <> 0))
WHERE run_key IN (SELECT key FROM run WHERE status NOT IN ('queued', 'running'))
  AND EXISTS (SELECT 1 FROM json_each(run_progress.jobs) WHERE key NOT IN ${ENDED});
`;
