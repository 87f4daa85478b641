import { sleep, type Clock } from "../clock.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * Of a minute and of an hour, how much may be spent, by whatever kind, for one of this kind to be written: the less people wait for it, the
 * more it leaves to the others. That a check has begun need not be said when its end is near, and then nobody misses it.
 */
const SHARES = {
  result: { minute: 1, hour: 1 },
  begun: { minute: 0.3, hour: 0.8 },
  unhurried: { minute: 0.5, hour: 0.8 },
} as const;

/** What people wait for before they merge, that it is under way, and all else. */
export type WriteKind = keyof typeof SHARES;

/** How much may be written. */
export interface WriteLimits {
  readonly perMinute: number;
  readonly perHour: number;
}

/** How much was written lately. */
export interface SpentBudget {
  /** By epoch second, oldest first. */
  readonly spent: readonly (readonly [second: number, writes: number])[];
  /** Nothing is written before then: the host has said so. */
  readonly closedUntil: number;
}

/** So many writes in any minute and in any hour, and none before a given time. */
export class WriteBudget {
  readonly #clock: Clock;
  readonly #limits: WriteLimits;
  #spent: SpentBudget["spent"];
  #closedUntil: number;

  /** @param before what an earlier life has left */
  constructor(clock: Clock, limits: WriteLimits, before: SpentBudget = { spent: [], closedUntil: 0 }) {
    this.#clock = clock;
    this.#limits = limits;
    this.#spent = before.spent;
    this.#closedUntil = before.closedUntil;
  }

  get left(): SpentBudget {
    return { spent: this.#spent, closedUntil: this.#closedUntil };
  }

  /** Nothing is written for so long: the host has said so. */
  pause(durationMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + durationMs);
  }

  /** Until one more of that kind may be written, in milliseconds. */
  waitMs(kind: WriteKind): number {
    const { perMinute, perHour } = this.#limits;
    const { minute, hour } = SHARES[kind];
    return Math.max(
      this.#fullMs(MINUTE_MS, Math.ceil(perMinute * minute)),
      this.#fullMs(HOUR_MS, Math.ceil(perHour * hour)),
      this.#closedUntil - this.#clock.now(),
    );
  }

  /** Waits until one more may be written, and counts it. Returns early when it aborts. */
  async take(kind: WriteKind, stop: AbortSignal): Promise<void> {
    for (let wait = this.waitMs(kind); wait > 0 && !stop.aborted; wait = this.waitMs(kind))
      await sleep(this.#clock, wait, stop);
    const second = Math.floor(this.#clock.now() / SECOND_MS);
    // Of a clock that was set back nothing is known.
    const lately = this.#within(HOUR_MS).filter(([at]) => at <= second);
    const [at, writes] = lately.at(-1) ?? [second, 0];
    this.#spent = at === second ? [...lately.slice(0, -1), [second, writes + 1]] : [...lately, [second, 1]];
  }

  /** How long a window is full. */
  #fullMs(windowMs: number, writesMax: number): number {
    const within = this.#within(windowMs);
    let excess = within.reduce((sum, [, writes]) => sum + writes, 1 - writesMax);
    if (excess <= 0) return 0;
    const last = within.find(([, writes]) => (excess -= writes) <= 0);
    return last === undefined ? 0 : endOf(last[0]) + windowMs - this.#clock.now();
  }

  #within(windowMs: number): SpentBudget["spent"] {
    const since = this.#clock.now() - windowMs;
    return this.#spent.filter(([second]) => endOf(second) > since);
  }
}

/** A write counts from the end of its second. */
function endOf(second: number): number {
  return (second + 1) * SECOND_MS;
}
