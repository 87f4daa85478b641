import type { CacheDefinition, Evaluated } from "@headwater/workflow";
import type { CacheQuestion } from "./effect.js";
import { detailOf, stepOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { scopeOf } from "./scope.js";
import { formatPath } from "./step-path.js";
import type { Turn } from "./turn.js";

/** Works out the key of a step that is about to begin. All its attempts, and what it leaves, go by this key. */
export function evaluateCacheKey(state: RunState, cell: Cell, cache: CacheDefinition): Evaluated<string> {
  const value = state.evaluator.resolveValue(cache.key, scopeOf(state, cell));
  if (!value.ok) return { ok: false, message: `Cannot evaluate "cache.key": ${value.message}` };
  const key = typeof value.value === "string" ? value.value : JSON.stringify(value.value);
  detailOf(cell).cacheKey = key;
  return { ok: true, value: key };
}

/** What to ask before an attempt of the step; nothing for a step without a cache. */
export function cacheQuestion(cell: Cell): { readonly cache?: CacheQuestion } {
  const key = cell.block.details.get(cell.index)?.cacheKey ?? null;
  const { cache } = stepOf(cell).definition;
  return key === null || cache === null ? {} : { cache: { key, ttlMs: cache.ttlMs } };
}

/** Keeps what a step has left for others with the same key. */
export function rememberOutputs(turn: Turn, cell: Cell): void {
  const key = cell.block.details.get(cell.index)?.cacheKey ?? null;
  if (key === null) return;
  const outputs = cell.block.outputs.get(cell.index) ?? {};
  turn.effects.push({ kind: "remember", path: formatPath(cell), key, outputs });
}
