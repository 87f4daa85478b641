import { stepKind } from "@headwater/engine";
import type { AttemptResult, Effect, RunEvent, RunState } from "@headwater/engine";
import { waitsForOthers } from "./attempt-needs.js";
import type { RunRow } from "../store/store.js";

type Enqueue = Effect & { readonly kind: "enqueue" };

const SUCCEEDED: AttemptResult = { status: "succeeded", outputs: {} };

/**
 * Whether the effect asks for a noop that waits for nothing: no permit, no place, no earlier run whose outputs it may take. It executes
 * nothing, so that nothing is done before the decision to do it is on disk: its end is durable with its beginning.
 */
export function isFreeNoop(state: RunState, row: RunRow, effect: Effect): effect is Enqueue {
  if (effect.kind !== "enqueue" || effect.cache !== undefined) return false;
  const { maxParallelSteps } = state.definition;
  return !waitsForOthers(row, effect.permits, maxParallelSteps) && stepKind(state, effect.path) === "noop";
}

/** @param at when it begins and ends, epoch milliseconds */
export function endOfNoop({ path, attempt }: Enqueue, at: number): RunEvent {
  return { kind: "attempt_ended", path, attempt, startedAt: at, result: SUCCEEDED };
}
