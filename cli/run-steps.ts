import type { Client, Step } from "@headwater/api";

const PAGE_ROWS = 1000;

/** Every step of a run, page by page. */
export async function listAllSteps(client: Client, runId: string): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (let after: number | null | undefined; after !== null;) {
    const page = await client.listSteps({ params: { id: runId }, query: { after, limit: PAGE_ROWS } });
    steps.push(...page.steps);
    after = page.next;
  }
  return steps;
}

/** Whether a step stands at the top of the workflow, not inside an iteration. */
export function isTopLevel(path: string): boolean {
  return !path.includes("[");
}
