import type { Client, Run } from "@headwater/api";
import { dottedPath } from "./step-group.js";

/** What is usual of fewer is chance. */
const RUNS_MIN = 3;
const RUNS_MAX = 5;

/** Of one run that has ended: how long its steps took, in milliseconds, by path without iterations. */
type Durations = ReadonlyMap<string, readonly number[]>;

/** How long steps usually take: the median of the latest runs that succeeded. What has ended is asked for once. */
export class UsualDurations {
  readonly #known = new Map<string, ReadonlyMap<string, Durations>>();

  /** Milliseconds by path without iterations; empty until three runs have succeeded. @throws ApiError */
  async ofSteps(
    client: Client,
    place: { readonly environment: string; readonly project: string; readonly workflow: string },
  ): Promise<ReadonlyMap<string, number>> {
    const { runs } = await client.listRuns({ query: { ...place, status: "succeeded", limit: RUNS_MAX } });
    if (runs.length < RUNS_MIN) return new Map();
    const key = `${place.project}/${place.workflow}`;
    const known = this.#known.get(key);
    const read = async (run: Run): Promise<readonly [string, Durations]> => [
      run.id,
      known?.get(run.id) ?? (await readDurations(client, run, place.environment)),
    ];
    const durations = new Map(await Promise.all(runs.map(read)));
    this.#known.set(key, durations);
    return medians([...durations.values()]);
  }

  /** The service is another one. */
  forget(): void {
    this.#known.clear();
  }
}

async function readDurations(client: Client, { id }: Run, environment: string): Promise<Durations> {
  const { steps } = await client.listSteps({ params: { id }, query: { environment, limit: 1000 } });
  const durations = new Map<string, number[]>();
  for (const { path, status, startedAt, endedAt } of steps) {
    if (status !== "succeeded" || startedAt === null || endedAt === null) continue;
    const key = dottedPath(path);
    durations.set(key, [...(durations.get(key) ?? []), endedAt - startedAt]);
  }
  return durations;
}

function medians(runs: readonly Durations[]): ReadonlyMap<string, number> {
  const paths = new Set(runs.flatMap((run) => [...run.keys()]));
  return new Map(
    [...paths].flatMap((path) => {
      const sorted = runs.flatMap((run) => run.get(path) ?? []).sort((one, other) => one - other);
      const median = sorted[sorted.length >> 1];
      return median === undefined || sorted.length < RUNS_MIN ? [] : [[path, median] as const];
    }),
  );
}
