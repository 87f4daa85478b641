/** Waits and measures, as the platform does. */
export interface Timer {
  /** Calls back once after some milliseconds; returns what cancels that. */
  after(delayMs: number, call: () => void): () => void;
  /** Milliseconds from some instant on. */
  now(): number;
  /** Epoch milliseconds. */
  nowMs(): number;
}

/** The timer of Node and of browsers. */
export function platformTimer(): Timer {
  return {
    after: (delayMs, call) => {
      const timeout = setTimeout(call, delayMs);
      return () => clearTimeout(timeout);
    },
    now: () => performance.now(),
    nowMs: () => Date.now(),
  };
}

/** Some of a long work, no longer than this: then what has arrived meanwhile goes first. */
const SLICE_MS = 10;

/** Does a long work in slices, the first one after what has arrived already; resolves with what it gives, or with null when `isWanted` says that nobody waits for it any more. */
export async function doInSlices<T>(
  work: Generator<undefined, T>,
  timer: Timer,
  isWanted: () => boolean = () => true,
): Promise<T | null> {
  let sliceEndsAt = -Infinity;
  while (isWanted()) {
    if (timer.now() >= sliceEndsAt) {
      await new Promise<void>((resolve) => void timer.after(0, resolve));
      sliceEndsAt = timer.now() + SLICE_MS;
      continue;
    }
    const step = work.next();
    if (step.done === true) return step.value;
  }
  return null;
}
