import type { Holder, StepWait, WaitKind } from "@headwater/engine";
import { dottedPath } from "@headwater/engine";
import type { CapacityWait, Lack } from "../capacity/capacity.js";

/** What a wait is part of. */
interface Around {
  /** The run as people name it on the command line: `sales/daily#12`. */
  readonly run: string;
  readonly capacity: CapacityWait | null;
}

/**
 * What ends a wait, in words, with the command that ends it sooner where there is one: `by itself at 2026-03-02T06:01:00.000Z, or at once
 * with: headwater retry sales/daily#12 load`. Null for what waits for nothing.
 */
export function endOfWait(wait: StepWait, around: Around): string | null {
  return ENDS[wait.kind](wait, around);
}

const ENDS: Readonly<Record<WaitKind, (wait: StepWait, around: Around) => string | null>> = {
  needs: () => "the steps that it needs end",
  place: () => "a step of the run ends that has a place",
  signal: ({ path, endsAt }, { run }) =>
    `the signal comes, or at once with: headwater bypass ${run} ${path}${timedOut(endsAt)}`,
  approval: ({ path, endsAt }, { run }) =>
    `somebody answers: headwater approve ${run} ${path}, or headwater reject${timedOut(endsAt)}`,
  pause: ({ holder, path }, { run }) => endOfPause(holder ?? "step", { run, path }),
  worker: (_, { capacity }) => endOfQueue(capacity),
  retry: ({ path, endsAt }, { run }) =>
    `by itself${atText(endsAt)}, or at once with: headwater retry ${run} ${path}`,
  sleep: ({ endsAt }) => `by itself${atText(endsAt)}`,
  run: ({ runId, endsAt }) => {
    const look = runId === null ? "" : `; what that waits for says: headwater why ${runId}`;
    return `that run ends${look}${timedOut(endsAt)}`;
  },
  iterations: ({ holder, path }, { run }) =>
    holder === null ? "an iteration ends" : endOfPause(holder, { run, path }),
  nothing: () => null,
};

function endOfPause(holder: Holder, { run, path }: { readonly run: string; readonly path: string }): string {
  const step = dottedPath(path);
  switch (holder) {
    case "run":
      return `somebody resumes the run: headwater resume ${run}`;
    case "parent":
      return `the run that waits for this one is resumed, or this one alone: headwater resume ${run}`;
    case "step":
      return `somebody resumes the step: headwater resume ${run} ${path}`;
    case "breakpoint":
      return `somebody lets it pass: headwater resume ${run} ${path}, or takes the breakpoint away: headwater breakpoint ${run} ${step} --clear`;
    case "workflow_breakpoint": {
      const workflow = run.replace(/#\d+$/, "");
      return `somebody lets it pass: headwater resume ${run} ${path}, or takes the breakpoint away: headwater breakpoint ${workflow} ${step} --clear`;
    }
  }
}

function endOfQueue(capacity: CapacityWait | null): string {
  const lacks = capacity === null ? [] : [...new Set(capacity.lacks.map(endOfLack))];
  return lacks.length === 0 ? "by itself" : lacks.join(", and ");
}

function endOfLack(lack: Lack): string {
  switch (lack.kind) {
    case "slots":
      return `a step gives back a slot of the pool ${lack.pool}`;
    case "backfill_slots":
      return `a step of a backfill gives back a slot of the pool ${lack.pool}`;
    case "pool":
      return `the service has a pool ${lack.pool}`;
    case "places":
      return "a step of the run ends that has a place";
    case "permit":
      return `a step gives back a permit of ${lack.permit}, or there are more of them: headwater permits set ${lack.permit} COUNT`;
  }
}

function timedOut(at: number | null): string {
  return at === null ? "" : `; at ${timeText(at)} its time is over`;
}

function atText(at: number | null): string {
  return at === null ? "" : ` at ${timeText(at)}`;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
