import type { VirtualTime } from "./virtual-time.js";

/** What can go wrong, drawn from the seed. */
export interface Fate {
  /** In [0, 1). */
  random(): number;
  /** How likely the process is killed at one of the points where it touches the world. */
  readonly killChance: number;
}

/** One life of the service: from a start to the kill that ends it. What it asks for afterwards never happens. */
export class Life {
  isAlive = true;
  readonly #fate: Fate;
  readonly #onKilled: () => void;

  constructor(fate: Fate, onKilled: () => void) {
    this.#fate = fate;
    this.#onKilled = onKilled;
  }

  /** The process touches the world here, and may not survive it. */
  point(): void {
    if (this.isAlive && this.#fate.random() < this.#fate.killChance) this.kill();
  }

  /** SIGKILL: nothing is said or written any more. */
  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#onKilled();
  }
}

/** Mostly at once; sometimes it takes a while; rarely very long. */
export function delayOf(fate: Pick<Fate, "random">): number {
  const draw = fate.random();
  if (draw < 0.7) return 0;
  return draw < 0.95 ? Math.floor(fate.random() * 50) : Math.floor(fate.random() * 20_000);
}

/** Something that never answers, as calls of a process that is gone. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Resolves when that time has passed. */
export function passed(time: VirtualTime, delayMs: number): Promise<void> {
  return new Promise((resolve) => void time.after(delayMs, resolve));
}
