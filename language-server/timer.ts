/** Waits, given by the platform. */
export interface Timer {
  /** Calls back once after some milliseconds; returns what cancels that. */
  after(delayMs: number, call: () => void): () => void;
}

/** Lets everything that has arrived meanwhile go first. */
export function nextTurn(timer: Timer): Promise<void> {
  return new Promise((resolve) => void timer.after(0, resolve));
}
