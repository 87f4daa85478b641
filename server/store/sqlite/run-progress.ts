import type { NewRun } from "../store.js";
import type { Connection } from "./connection.js";

/** Makes room for the jobs of runs; for those that steps of others have asked for with the loops around that step. */
export async function insertProgress(connection: Connection, runs: readonly NewRun[]): Promise<void> {
  const rows = runs.map(({ id, trigger }) => [id, trigger.kind === "step" ? loopsAround(trigger.path) : []]);
  await connection.run(
    `INSERT INTO run_progress (run_key, jobs, total, loops)
     SELECT run.key, '{}', '{}', value->>1 FROM jsonb_each(?) JOIN run ON run.id = value->>0`,
    [JSON.stringify(rows)],
  );
}

/** `load` and `load[3].parts` of `load[3].parts[0].report`. */
function loopsAround(path: string): readonly string[] {
  return [...path.matchAll(/\[\d+\]\./g)].map(({ index }) => path.slice(0, index));
}
