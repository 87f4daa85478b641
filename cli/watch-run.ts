import type { Client, Run, ServiceEvent, Step } from "@headwater/api";
import { isTopLevel, listAllSteps } from "./run-steps.js";

/** A run and its top-level steps, as they are now. */
export interface WatchedRun {
  readonly run: Run;
  readonly steps: readonly Step[];
}

/**
 * Follows a run until it ends or the signal aborts, telling every change. It opens the event stream first and reads the run
 * then, so that nothing can happen unseen in between. Steps inside iterations are counted by their foreach.
 */
export async function watchRun(
  client: Client,
  started: Run,
  options: { readonly signal: AbortSignal; readonly onChange: (now: WatchedRun) => void },
): Promise<WatchedRun> {
  let now: WatchedRun = { run: started, steps: [] };
  for await (const event of client.followEvents(null, options.signal)) {
    if (!concerns(event, started.id)) continue;
    now = await updated(client, now, event);
    options.onChange(now);
    if (now.run.endedAt !== null) return readAll(client, started.id);
  }
  return now;
}

function concerns(event: ServiceEvent, runId: string): boolean {
  if (event.kind === "reset") return true;
  const { change } = event;
  if (change.kind === "run") return change.runId === runId;
  return change.kind === "step" && change.runId === runId && isTopLevel(change.path);
}

async function updated(client: Client, before: WatchedRun, event: ServiceEvent): Promise<WatchedRun> {
  const { id } = before.run;
  if (event.kind === "reset") return readAll(client, id);
  if (event.change.kind !== "step") return { ...before, run: await client.getRun({ params: { id } }) };
  const { path } = event.change;
  const { steps } = await client.listSteps({ params: { id }, query: { path, limit: 1 } });
  const others = before.steps.filter((step) => step.path !== path);
  return { ...before, steps: [...others, ...steps].sort((a, b) => a.position - b.position) };
}

async function readAll(client: Client, id: string): Promise<WatchedRun> {
  const run = await client.getRun({ params: { id } });
  const steps = await listAllSteps(client, id);
  return { run, steps: steps.filter(({ path }) => isTopLevel(path)) };
}
