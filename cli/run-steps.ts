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

/** Steps in the order in which they began; those that have not stand last. */
export function byBeginning(steps: readonly Step[]): readonly Step[] {
  const beganAt = ({ startedAt }: Step): number => startedAt ?? Number.MAX_SAFE_INTEGER;
  return steps.toSorted((a, b) => beganAt(a) - beganAt(b));
}

/** Whether a step is the one that `path` names, or within it; `load.copy` names it in all iterations of `load`. */
export function isWithin(path: string, outer: string): boolean {
  const isPart = (whole: string): boolean =>
    whole === outer || whole.startsWith(`${outer}.`) || whole.startsWith(`${outer}[`);
  return isPart(path) || isPart(path.replaceAll(/\[\d+\]/g, ""));
}
