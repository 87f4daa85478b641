import type { Client } from "@headwater/api";
import type { RunInFlight } from "@headwater/workflow";

const PAGE = 1000;
const PAGES_MAX = 10;

/** The runs of a project that have not ended: of each state the newest 10,000. */
export async function listRunsInFlight(
  client: Client,
  place: { readonly project: string; readonly environment: string },
): Promise<readonly RunInFlight[]> {
  const found: RunInFlight[] = [];
  for (const status of ["running", "queued"] as const) {
    let before: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const { runs, next } = await client.listRuns({ query: { ...place, status, before, limit: PAGE } });
      found.push(...runs.map(({ workflow, name }) => ({ workflow, name, status })));
      if (next === null) break;
      before = next;
    }
  }
  return found;
}
