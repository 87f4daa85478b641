import type { StepDefinition } from "@headwater/workflow";
import type { RememberedStep } from "../store/retention.js";
import type { HousekeepingOptions } from "./housekeeping-options.js";

/** What a step has left that is no step with a cache any more is kept so long: a commit may bring it back. */
const KEEP_UNASKED_MS = 30 * 24 * 60 * 60 * 1000;

type Options = Pick<HousekeepingOptions, "store" | "clock" | "log">;

/** Forgets what steps have left that is older than their `ttl`, by the workflow as it is deployed now; says how much. */
export async function pruneRemembered(options: Options, stop: AbortSignal): Promise<number> {
  const { store, clock, log } = options;
  let removed = 0;
  for (const step of await store.listRememberedSteps()) {
    if (stop.aborted) break;
    const keepMs = await keepingOf(options, step);
    if (keepMs !== null) removed += await store.pruneRemembered({ ...step, before: clock.now() - keepMs });
  }
  if (removed > 0) log.info("removed what steps had left longer ago than their ttl", { results: removed });
  return removed;
}

/** How long to keep what the step leaves; null for ever. */
async function keepingOf({ store }: Options, step: RememberedStep): Promise<number | null> {
  const workflow = await store.findWorkflow(step);
  const isThere = workflow !== null && workflow.removedAt === null;
  const version = isThere ? await store.findVersion(workflow.versionId) : null;
  const cache = version === null ? null : findStep(version.definition.steps, step.step)?.cache;
  return cache === null || cache === undefined ? KEEP_UNASKED_MS : cache.ttlMs;
}

/** The step of a dotted path. */
function findStep(steps: readonly StepDefinition[], path: string): StepDefinition | null {
  for (const step of steps) {
    const id = step.id.replaceAll("/", ".");
    if (path === id) return step;
    const inner = "steps" in step && path.startsWith(`${id}.`) ? step.steps : [];
    const found = findStep(inner, path.slice(id.length + 1));
    if (found !== null) return found;
  }
  return null;
}
