import type { Client, Step } from "@headwater/api";

/** The steps of a run, as far as an editor shows them. */
export interface StepsOfRun {
  /** In the order in which they began. */
  readonly steps: readonly Step[];
  /** Whether there are others in its loops: counts of these are too small. */
  readonly hasMore: boolean;
}

const PAGE = 1000;
const PAGES_MAX = 5;
/** What somebody wants to know of also where it comes late in a long loop. */
const URGENT = "failed,timed_out,ignored_failure,running,starting,retrying";

/** Reads all steps of a run; of one with very many the first, those of no loop, and those that failed or run. @throws ApiError */
export async function readSteps(client: Client, run: string, environment: string): Promise<StepsOfRun> {
  const params = { id: run };
  const query = { environment, limit: PAGE };
  const found: Step[] = [];
  let after: number | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const asked = after === null ? query : { ...query, after };
    const { steps, next } = await client.listSteps({ params, query: asked });
    found.push(...steps);
    if (next === null) return { steps: found, hasMore: false };
    after = next;
  }
  const pages = await Promise.all([
    client.listSteps({ params, query: { ...query, loop: "" } }),
    client.listSteps({ params, query: { ...query, status: URGENT } }),
  ]);
  const byPosition = new Map(
    [...found, ...pages.flatMap(({ steps }) => steps)].map((step) => [step.position, step]),
  );
  const steps = [...byPosition.values()].sort((one, other) => one.position - other.position);
  return { steps, hasMore: true };
}
