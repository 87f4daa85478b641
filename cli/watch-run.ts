import type { Client, Run, ServiceEvent, Step } from "@headwater/api";
import { isTopLevel, listAllSteps } from "./run-steps.js";

/** A run and its top-level steps, as they are now. */
export interface WatchedRun {
  readonly run: Run;
  readonly steps: readonly Step[];
}

/**
 * Follows a run until it ends or the signal aborts, telling every change. It opens the event stream first and reads the run
 * then, so that nothing can happen unseen in between. Steps inside iterations are counted by their foreach; that one is about
 * to be tried again is told.
 */
export async function watchRun(
  client: Client,
  started: Run,
  options: {
    readonly signal: AbortSignal;
    readonly onChange: (now: WatchedRun) => void;
    readonly onRetry?: (step: Step) => void;
  },
): Promise<WatchedRun> {
  let now: WatchedRun = { run: started, steps: [] };
  for await (const event of client.followEvents(null, options.signal)) {
    const retried = retryWithin(event, started.id);
    if (retried !== null && options.onRetry !== undefined) {
      const step = await readStep(client, started.id, retried);
      if (step?.status === "retrying") options.onRetry(step);
    }
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

/** The path of a step of an iteration that is about to be tried again; null when the event is another. */
function retryWithin(event: ServiceEvent, runId: string): string | null {
  if (event.kind === "reset" || event.change.kind !== "step") return null;
  const { change } = event;
  const isMeant = change.runId === runId && change.status === "retrying" && !isTopLevel(change.path);
  return isMeant ? change.path : null;
}

async function readStep(client: Client, id: string, path: string): Promise<Step | undefined> {
  const { steps } = await client.listSteps({ params: { id }, query: { path, limit: 1 } });
  return steps[0];
}

async function updated(client: Client, before: WatchedRun, event: ServiceEvent): Promise<WatchedRun> {
  const { id } = before.run;
  if (event.kind === "reset") return readAll(client, id);
  if (event.change.kind !== "step") return { ...before, run: await client.getRun({ params: { id } }) };
  const { path } = event.change;
  const step = await readStep(client, id, path);
  const others = before.steps.filter((other) => other.path !== path);
  const steps = step === undefined ? others : [...others, step];
  return { ...before, steps: steps.sort((a, b) => a.position - b.position) };
}

async function readAll(client: Client, id: string): Promise<WatchedRun> {
  const run = await client.getRun({ params: { id } });
  const steps = await listAllSteps(client, id);
  return { run, steps: steps.filter(({ path }) => isTopLevel(path)) };
}
