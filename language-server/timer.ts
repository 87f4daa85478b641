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

/** Does a long work in slices; resolves when it is done, or when `isWanted` says that nobody waits for it any more. */
export async function doInSlices(
  work: Generator<undefined, void>,
  timer: Timer,
  isWanted: () => boolean = () => true,
): Promise<void> {
  let sliceEndsAt = timer.now() + SLICE_MS;
  while (isWanted() && work.next().done !== true) {
    if (timer.now() < sliceEndsAt) continue;
    await new Promise<void>((resolve) => void timer.after(0, resolve));
    sliceEndsAt = timer.now() + SLICE_MS;
  }
}
