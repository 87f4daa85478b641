import assert from "node:assert/strict";
import { decide, restoreRun, takeSnapshot } from "@headwater/engine";
import type { RunEvent, RunState } from "@headwater/engine";
import { evaluator } from "../builder.js";

/** The run as a service makes it again that starts now. */
export function restored(state: RunState): RunState {
  const { definition } = state;
  const again = restoreRun(takeSnapshot(state), { definition, evaluator });
  assert.ok(again !== null);
  return again;
}

/** What happened to a run, and what the engine made of it. */
export interface PlayedEvent {
  readonly at: number;
  readonly event: RunEvent;
  readonly changes: unknown;
  readonly effects: unknown;
}

/**
 * Plays events on a run that is made again from its snapshot before each: all must come out as it did. @param told which run it is
 * @returns the run as it is then
 */
export function playRestored(state: RunState, journal: readonly PlayedEvent[], told: string): RunState {
  let now = state;
  for (const [cut, { at, event, changes, effects }] of journal.entries()) {
    now = restored(now);
    const decision = decide(now, event, at);
    assert.deepEqual([decision.changes, decision.effects], [changes, effects], `${told}, cut at ${cut}`);
  }
  return now;
}
