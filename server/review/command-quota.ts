import type { Clock } from "../clock.js";

const HOUR_MS = 3_600_000;
const USER_MAX = 5;
const REPOSITORY_MAX = 20;

interface Answered {
  readonly user: string;
  readonly at: number;
}

/**
 * How many commands are answered of people who may not write to a repository: so many an hour of each, and of all of them. Where everybody
 * may read, anybody may ask, and each answer is written from what the host allows for all checks.
 */
export class CommandQuota {
  readonly #clock: Clock;
  /** Of the last hour, by repository: no more than are answered. */
  readonly #answered = new Map<string, readonly Answered[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more is answered; it is counted then. */
  take(repositoryId: string, user: string): boolean {
    const now = this.#clock.now();
    this.#forget(now - HOUR_MS);
    const lately = this.#answered.get(repositoryId) ?? [];
    const own = lately.filter((one) => one.user === user);
    if (own.length >= USER_MAX || lately.length >= REPOSITORY_MAX) return false;
    this.#answered.set(repositoryId, [...lately, { user, at: now }]);
    return true;
  }

  #forget(before: number): void {
    for (const [id, answered] of this.#answered) {
      const left = answered.filter(({ at }) => at > before);
      if (left.length === 0) this.#answered.delete(id);
      else this.#answered.set(id, left);
    }
  }
}
