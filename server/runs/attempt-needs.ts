import { dottedPath } from "@headwater/engine";
import { DEFAULT_POOL } from "@headwater/workflow";
import type { Priority, WorkflowProperties } from "@headwater/workflow";
import type { RunLimit } from "../capacity/capacity.js";
import { backfillOf } from "../store/run-trigger.js";
import type { RunRow } from "../store/store.js";
import type { AttemptNeeds } from "./dispatcher.js";

interface LeafAttempt {
  readonly path: string;
  readonly kind: string;
  readonly pool: string | undefined;
  readonly permits: readonly string[] | undefined;
  /** Of its workflow. */
  readonly maxParallelSteps: number | null;
}

/**
 * What must be free for an attempt to begin. A noop executes nothing and takes no slot. A workflow without an owner shares
 * as its project. @param properties those of the workflow as it is deployed now
 */
export function attemptNeeds(
  row: RunRow,
  { path, kind, pool = DEFAULT_POOL, permits = [], maxParallelSteps }: LeafAttempt,
  properties: WorkflowProperties | undefined,
): AttemptNeeds {
  // The owner last: in Node 20 an object that begins with another one takes a hundred times as long to make.
  return {
    priority: properties === undefined ? "normal" : priorityOf(dottedPath(path), properties),
    pool: kind === "noop" ? null : pool,
    permits: unite(permits, permitsAround(row)),
    places: placesWithin(row, maxParallelSteps),
    ...ownerOf(row, properties?.owner ?? row.project),
  };
}

/** Whether an attempt counts against anything beside a slot: permits, or places of its run and of those around it. */
export function waitsForOthers(
  row: RunRow,
  permits: readonly string[] = [],
  maxParallelSteps: number | null = null,
): boolean {
  return (
    permits.length > 0 || permitsAround(row).length > 0 || placesWithin(row, maxParallelSteps).length > 0
  );
}

/** Backfills of an owner share as one that is called so. */
function ownerOf({ trigger }: RunRow, owner: string): Pick<AttemptNeeds, "owner" | "isBackfill"> {
  return backfillOf(trigger) === null ? { owner } : { owner: `backfills of ${owner}`, isBackfill: true };
}

/** The step's own, else that of the loop around it, else the workflow's. */
function priorityOf(step: string, { priority, steps }: WorkflowProperties): Priority {
  for (let path = step; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    const own = steps[path]?.priority ?? null;
    if (own !== null) return own;
  }
  return priority;
}

/** What the attempts of a run count against because of the step that waits for it. A run of its own counts apart. */
export function handedDown(
  parent: RunRow,
  { wait, permits = [] }: { readonly wait: boolean; readonly permits?: readonly string[] },
  maxParallelSteps: number | null,
): {
  readonly permits?: readonly string[];
  readonly places?: readonly RunLimit[];
  readonly backfillId?: string;
} {
  const backfillId = backfillOf(parent.trigger);
  const of = backfillId === null ? {} : { backfillId };
  if (!wait) return of;
  const around = unite(permits, permitsAround(parent));
  const places = placesWithin(parent, maxParallelSteps);
  return {
    ...of,
    ...(around.length === 0 ? {} : { permits: around }),
    ...(places.length === 0 ? {} : { places }),
  };
}

/** Those of the steps that wait for this run, and for the runs around it. */
function permitsAround({ trigger }: RunRow): readonly string[] {
  return trigger.kind === "step" ? (trigger.permits ?? []) : [];
}

/** What limits the attempts of a run, or of a run within it: those of the runs around it, and its own. */
function placesWithin({ id, trigger }: RunRow, maxParallelSteps: number | null): readonly RunLimit[] {
  const around = trigger.kind === "step" ? (trigger.places ?? []) : [];
  return maxParallelSteps === null ? around : [...around, { runId: id, limit: maxParallelSteps }];
}

/** Sorted, each once. */
function unite(permits: readonly string[], others: readonly string[]): readonly string[] {
  return others.length === 0 ? permits : [...new Set([...permits, ...others])].sort();
}
