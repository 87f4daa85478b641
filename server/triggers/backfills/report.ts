import type { BackfillRow } from "../../store/backfills.js";
import type { RunRow } from "../../store/store.js";
import type { BackfillReport, BackfillsOptions } from "./backfills.js";

/** So many of the newest successes tell how long the others will take. */
const RUNS_COUNTED = 10;

/** A backfill with what its runs have come to. */
export async function reportOf(
  row: BackfillRow,
  options: Pick<BackfillsOptions, "store" | "clock">,
): Promise<BackfillReport> {
  const counts = await options.store.countBackfillRuns(row.id);
  const waiting = row.cursor === null ? 0 : row.total - row.cursor.position;
  const going = (counts.queued ?? 0) + (counts.running ?? 0);
  const usualMs = row.status === "running" ? await usualDuration(row, options) : null;
  const rounds = Math.ceil((waiting + going) / row.maxParallel);
  return { row, counts, waiting, endsAt: usualMs === null ? null : options.clock.now() + rounds * usualMs };
}

/** Of its own runs, or those of its workflow while it has none. */
async function usualDuration(
  { id, project, environment, workflow }: BackfillRow,
  { store }: Pick<BackfillsOptions, "store">,
): Promise<number | null> {
  const own = await store.listRuns({ backfill: id, status: "succeeded", limit: RUNS_COUNTED });
  if (own.length > 0) return meanOf(own);
  const all = await store.listRuns({
    project,
    environment,
    workflow,
    status: "succeeded",
    limit: RUNS_COUNTED,
  });
  return all.length === 0 ? null : meanOf(all);
}

function meanOf(runs: readonly RunRow[]): number {
  const took = runs.map(({ startedAt, endedAt, createdAt }) => (endedAt ?? 0) - (startedAt ?? createdAt));
  return Math.round(took.reduce((sum, one) => sum + one, 0) / took.length);
}
