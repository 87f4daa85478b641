import type { JobCounts, StepStatus } from "@headwater/engine";

/** Counts of jobs by status, added up; null when there is nothing to add. */
export function addCounts(counts: readonly JobCounts[]): JobCounts | null {
  if (counts.length <= 1) return counts[0] ?? null;
  const total: Partial<Record<StepStatus, number>> = {};
  for (const [status, jobs] of counts.flatMap(entriesOf)) total[status] = (total[status] ?? 0) + jobs;
  return total;
}

/** The names of a count of jobs are statuses. */
function entriesOf(counts: JobCounts): readonly (readonly [StepStatus, number])[] {
  return Object.entries(counts) as readonly (readonly [StepStatus, number])[];
}
