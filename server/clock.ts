/** The only place that reads the wall clock and sets timers. Everything else is given one, so that tests own the time. */
export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
  /** Milliseconds since some moment: goes on evenly, whatever becomes of the clock on the wall. */
  steady(): number;
  /** Calls back once after `delayMs` (clamped to what a timer holds); returns how to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back once everything that can happen now has happened: when this turn of the event loop is over. */
  afterTurn(callback: () => void): void;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
  afterTurn: (callback) => void setImmediate(callback),
};

/**
 * A timer counts the time that the machine is awake, whatever becomes of the clock on the wall: so it is looked at again,
 * and a slot comes at most this late after the machine has slept or its clock was set.
 */
const LOOK_AGAIN_MS = 30_000;

/** Calls back once when the clock says `dueAt` (epoch ms) or later; returns how to cancel it. */
export function callAt(clock: Clock, dueAt: number, callback: () => void): () => void {
  let cancel = wait();
  return () => cancel();

  function wait(): () => void {
    return clock.after(Math.min(dueAt - clock.now(), LOOK_AGAIN_MS), () => {
      if (clock.now() >= dueAt) callback();
      else cancel = wait();
    });
  }
}

/** Resolves after `delayMs`, or at once when the signal aborts. */
export function sleep(clock: Clock, delayMs: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop?.aborted) return resolve();
    const cancel = clock.after(delayMs, done);
    stop?.addEventListener("abort", done, { once: true });
    function done(): void {
      cancel();
      stop?.removeEventListener("abort", done);
      resolve();
    }
  });
}
