import type { Answered } from "./fake-answer.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * How much GitHub takes of one installation: 80 requests that make content in a minute and 500 in an hour, and 5,000 of all kinds in an
 * hour; and of the App itself 900 points in a minute, of which a request that changes something costs five and another one costs one.
 * Whoever has made too many is refused all, for as long as the answer says.
 * Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export class FakeLimits {
  writesPerMinute = 80;
  writesPerHour = 500;
  requestsPerHour = 5000;
  pointsPerMinute = 900;
  /** How often somebody was refused for the first time. */
  refusals = 0;
  /** How often somebody came again before they were to. */
  impatience = 0;
  readonly #now: () => number;
  readonly #ofApp: { points: { readonly at: number; readonly cost: number }[]; closedUntil: number } = {
    points: [],
    closedUntil: 0,
  };
  readonly #byInstallation = new Map<number, Spent>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** For tests that do in a moment what takes days. */
  lift(): void {
    this.writesPerMinute = this.writesPerHour = this.requestsPerHour = this.pointsPerMinute = Infinity;
  }

  /** Counts a request; null when it may. */
  refuse(installation: number, isWrite: boolean): Answered | null {
    const [spent, now] = [this.#spentBy(installation), this.#now()];
    if (now < spent.closedUntil) {
      this.impatience += 1;
      return this.#refusal(spent);
    }
    if (this.#leftOf(spent) <= 0) {
      this.refusals += 1;
      return {
        status: 403,
        body: { message: "API rate limit exceeded for installation" },
        headers: this.headers(installation),
      };
    }
    spent.requests.push(now);
    if (!isWrite) return null;
    spent.writes.push(now);
    const lately = spent.writes.filter((at) => at > now - MINUTE_MS).length;
    if (lately <= this.writesPerMinute && spent.writes.length <= this.writesPerHour) return null;
    this.refusals += 1;
    spent.closedUntil = now + MINUTE_MS;
    return this.#refusal(spent);
  }

  /** Counts a request of the App itself; null when it may. */
  refuseApp(isWrite: boolean): Answered | null {
    const now = this.#now();
    const lately = this.#ofApp.points.filter(({ at }) => at > now - MINUTE_MS);
    lately.push({ at: now, cost: isWrite ? 5 : 1 });
    this.#ofApp.points = lately;
    if (now < this.#ofApp.closedUntil) {
      this.impatience += 1;
      return this.#refusal(this.#ofApp);
    }
    if (lately.reduce((sum, { cost }) => sum + cost, 0) <= this.pointsPerMinute) return null;
    this.refusals += 1;
    this.#ofApp.closedUntil = now + MINUTE_MS;
    return this.#refusal(this.#ofApp);
  }

  /** What every answer tells of the limit of all requests. */
  headers(installation: number): Record<string, string> {
    const spent = this.#spentBy(installation);
    const resetAt = (spent.requests[0] ?? this.#now()) + HOUR_MS;
    const limit = Math.min(this.requestsPerHour, 5000);
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(Math.max(0, Math.min(limit, this.#leftOf(spent)))),
      "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
    };
  }

  #refusal({ closedUntil }: Pick<Spent, "closedUntil">): Answered {
    const seconds = Math.ceil((closedUntil - this.#now()) / 1000);
    const message =
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    return { status: 403, body: { message }, headers: { "retry-after": String(seconds) } };
  }

  #leftOf({ requests }: Spent): number {
    return this.requestsPerHour - requests.length;
  }

  #spentBy(installation: number): Spent {
    const since = this.#now() - HOUR_MS;
    const { requests, writes, closedUntil } = this.#byInstallation.get(installation) ?? NOTHING;
    const spent = {
      requests: requests.filter((at) => at > since),
      writes: writes.filter((at) => at > since),
      closedUntil,
    };
    this.#byInstallation.set(installation, spent);
    return spent;
  }
}

interface Spent {
  readonly requests: number[];
  readonly writes: number[];
  closedUntil: number;
}

const NOTHING: Spent = { requests: [], writes: [], closedUntil: 0 };
