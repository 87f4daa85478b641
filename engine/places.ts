import { cacheQuestion } from "./cache.js";
import { detailOf, stepOf } from "./run-state.js";
import type { Cell, RunState } from "./run-state.js";
import { permitsOf } from "./permits.js";
import { isLeaf } from "./step-kinds.js";
import { formatPath } from "./step-path.js";
import { noteAttempt, setStatus, touch } from "./turn.js";
import type { Turn } from "./turn.js";

/** The queue of ready steps is shortened once so many of its entries are spent: taking the first stays cheap. */
const SPENT_MAX = 1024;

/** Queues a leaf step for a worker, or lets it wait where `max_parallel_steps` leaves the run no place. */
export function queueLeaf(turn: Turn, cell: Cell): void {
  const { state } = turn;
  detailOf(cell).queuedAt = turn.now;
  if (hasPlace(state) && state.readyFrom === state.ready.length) return enqueue(turn, cell);
  state.ready.push(cell);
  detailOf(cell).isReady = true;
  detailOf(cell).reason = `waits for one of the ${state.definition.maxParallelSteps} places of this run`;
  touch(turn, cell);
}

/** Queues an attempt anew that never began: it keeps its place in the run. */
export function requeueLeaf(turn: Turn, cell: Cell): void {
  freePlace(turn.state);
  enqueue(turn, cell);
}

/** Nobody waits for a place any more: the run has ended. */
export function clearAll(state: RunState): void {
  state.ready.length = 0;
  state.readyFrom = 0;
}

/** Takes back the place of an attempt that ended. */
export function freePlace(state: RunState): void {
  state.active -= 1;
}

/** Enqueues what was ready first, while the run has places. */
export function fillPlaces(turn: Turn): void {
  const { state } = turn;
  while (state.readyFrom < state.ready.length && hasPlace(state)) {
    const cell = state.ready[state.readyFrom];
    state.readyFrom += 1;
    // What was canceled while it waited is ready no longer.
    if (cell !== undefined && isReady(cell)) enqueue(turn, cell);
  }
  if (state.readyFrom < SPENT_MAX || state.readyFrom * 2 < state.ready.length) return;
  state.ready.splice(0, state.readyFrom);
  state.readyFrom = 0;
}

function hasPlace({ active, definition, paused }: RunState): boolean {
  return paused === null && active < (definition.maxParallelSteps ?? Infinity);
}

function isReady({ block, index }: Cell): boolean {
  return block.details.get(index)?.isReady === true;
}

function enqueue(turn: Turn, cell: Cell): void {
  const attempt = (cell.block.attempts[cell.index] ?? 0) + 1;
  noteAttempt(turn.state, cell, attempt);
  detailOf(cell).isReady = false;
  detailOf(cell).reason = null;
  turn.state.active += 1;
  setStatus(turn, cell, "queued");
  const { definition } = stepOf(cell);
  turn.effects.push({
    kind: "enqueue",
    path: formatPath(cell),
    attempt,
    ...(isLeaf(definition) && definition.kind !== "noop" && definition.pool !== null
      ? { pool: definition.pool }
      : {}),
    ...permitsOf(definition),
    ...cacheQuestion(cell),
  });
}
