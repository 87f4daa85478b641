import { dottedPath } from "@headwater/engine";
import type { Priority, WorkflowProperties } from "@headwater/workflow";
import { DEFAULT_POOL } from "../capacity/capacity.js";
import type { RunRow } from "../store/store.js";
import type { AttemptNeeds } from "./dispatcher.js";

interface LeafAttempt {
  readonly path: string;
  readonly kind: string;
  readonly pool?: string;
  readonly permits?: readonly string[];
}

/**
 * What must be free for an attempt to begin. A noop executes nothing and takes no slot. A workflow without an owner shares
 * as its project. @param properties those of the workflow as it is deployed now
 */
export function attemptNeeds(
  row: RunRow,
  { path, kind, pool = DEFAULT_POOL, permits = [] }: LeafAttempt,
  properties: WorkflowProperties | undefined,
): AttemptNeeds {
  return {
    owner: properties?.owner ?? row.project,
    priority: properties === undefined ? "normal" : priorityOf(dottedPath(path), properties),
    pool: kind === "noop" ? null : pool,
    permits: unite(permits, permitsAround(row)),
  };
}

/** The step's own, else that of the loop around it, else the workflow's. */
function priorityOf(step: string, { priority, steps }: WorkflowProperties): Priority {
  for (let path = step; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    const own = steps[path]?.priority ?? null;
    if (own !== null) return own;
  }
  return priority;
}

/** Those of the steps that wait for this run, and for the runs around it. */
export function permitsAround({ trigger }: RunRow): readonly string[] {
  return trigger.kind === "step" ? (trigger.permits ?? []) : [];
}

/** Sorted, each once. */
export function unite(permits: readonly string[], others: readonly string[]): readonly string[] {
  return others.length === 0 ? permits : [...new Set([...permits, ...others])].sort();
}
