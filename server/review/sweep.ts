import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import type { HostObject } from "../store/reviews.js";
import type { Store } from "../store/store.js";
import { checkKey } from "./check-key.js";
import { wantedAs } from "./kept.js";
import {
  asksForPatience,
  HostFailure,
  isHopeless,
  type Delivery,
  type HostEvent,
  type ReviewHost,
} from "./review-host.js";
import type { Reviewer } from "./reviewer.js";
import { isTrusted, type Subject } from "./wanted-object.js";

export interface SweepOptions {
  readonly host: Pick<ReviewHost, "recoverDeliveries">;
  readonly hostName: string;
  readonly store: Pick<
    Store,
    "listUnfinishedHostObjects" | "pruneReviews" | "filterDeliveries" | "listRepositories"
  >;
  readonly reviewer: Pick<Reviewer, "findCheck">;
  /** Looks at it when all that was told of it before is done. */
  readonly review: (subject: Subject) => Promise<void>;
  /** Tells on its check that it could not be looked at. */
  readonly giveUp: (subject: Subject, error: unknown) => Promise<void>;
  /** Keeps a delivery that was found, and has it worked on. */
  readonly record: (id: string, event: HostEvent) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const LEFT_OPEN_MS = 10 * 60_000;
/** Of a check that was left open, each after so long. */
const TRIES = 3;
/** GitHub sends again for three days. Source: https://docs.github.com/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
const RECOVERED_MS = 3 * 24 * 3_600_000;
/** A delivery that is sent again and fails is listed anew, so that a look need not go far back. */
const SWEPT_TWICE_MS = 15 * 60_000;
/** Whoever could not be reached for longer than that look goes back is found by one that goes back as far as it can. */
const SWEPT_WHOLE_MS = 3_600_000;
const KEPT_MS = 90 * 24 * 3_600_000;

/** Looks for what did not reach us, and for what we have left open. What fails keeps nothing else from being done. */
export class Sweep {
  readonly #options: SweepOptions;
  /** When deliveries were last looked for, and when as far back as it goes, by the steady clock; null for not in this life. */
  #sweptAt: number | null = null;
  #sweptWholeAt: number | null = null;
  /** Nothing else waits for those of forks, and they are not begun twice; null when none are ended. */
  #endingForks: Promise<void> | null = null;
  /** How often ending a check that was left open has failed, by its key. */
  readonly #failures = new Map<string, number>();

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, hostName } = this.#options;
    const attempt = (what: string, work: () => Promise<void>): Promise<void> =>
      this.#attempt(what, { signal, work });
    const now = clock.now();
    await attempt("Cannot end checks that were left open", async () => {
      const open = await store.listUnfinishedHostObjects(hostName, now - LEFT_OPEN_MS);
      const subjects = open.flatMap(subjectOf);
      const forks = subjects.filter((subject) => !isTrusted(subject));
      this.#endingForks ??= this.#endAll(forks, signal).finally(() => {
        this.#endingForks = null;
      });
      await this.#endAll(subjects.filter(isTrusted), signal);
    });
    await attempt("Cannot forget old reviews", () => store.pruneReviews(now - KEPT_MS));
    await attempt("Cannot look for deliveries that did not come", () => this.#recover());
  }

  /** Resolves when nothing that was begun is under way any more: the signal has ended it. */
  async stop(): Promise<void> {
    await this.#endingForks;
  }

  async #endAll(subjects: readonly Subject[], signal: AbortSignal): Promise<void> {
    for (const subject of subjects) {
      const work = (): Promise<void> => this.#end(subject, signal);
      await this.#attempt("Cannot end a check that was left open", { signal, work });
    }
  }

  /** @throws what kept it from being looked at, which is told on the check when that was so often enough */
  async #end(subject: Subject, signal: AbortSignal): Promise<void> {
    const { hostName, review, giveUp } = this.#options;
    const key = checkKey(hostName, subject.place.repositoryId, subject.head);
    try {
      await review(subject);
      this.#failures.delete(key);
    } catch (error) {
      const isPatient = error instanceof HostFailure && asksForPatience(error);
      if (signal.aborted || isPatient) throw error;
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      if (failures >= TRIES || isHopeless(error)) {
        await giveUp(subject, error);
        this.#failures.delete(key);
      }
      throw error;
    }
  }

  async #attempt(
    what: string,
    { signal, work }: { readonly signal: AbortSignal; readonly work: () => Promise<void> },
  ): Promise<void> {
    if (signal.aborted) return;
    try {
      await work();
    } catch (error) {
      // Whoever locks us out has told, once for all that waits.
      const isTold = error instanceof HostFailure && error.kind === "locked-out";
      if (!signal.aborted && !isTold) this.#options.log.warn(what, { reason: String(error) });
    }
  }

  async #recover(): Promise<void> {
    const { host, store, clock, log } = this.#options;
    const [now, steady] = [clock.now(), clock.steady()];
    const isWhole = this.#sweptWholeAt === null || steady - this.#sweptWholeAt >= SWEPT_WHOLE_MS;
    const since = isWhole || this.#sweptAt === null ? now - RECOVERED_MS : this.#sweptAt - SWEPT_TWICE_MS;
    const isKnown = async (ids: readonly string[]): Promise<ReadonlySet<string>> =>
      new Set(await store.filterDeliveries(ids));
    const urls = (await store.listRepositories()).map(({ url }) => url);
    const take = async ({ id, event }: Delivery): Promise<void> => {
      if (event !== null && !(await this.#isLookedAt(event))) await this.#options.record(id, event);
    };
    const { asked, hasMore } = await host.recoverDeliveries({ since, isKnown, urls, take });
    if (asked > 0) log.info("Asked for deliveries that did not come", { count: asked });
    if (hasMore) return;
    this.#sweptAt = now;
    if (isWhole) this.#sweptWholeAt = steady;
  }

  /** What was found is often what somebody has told of already. */
  async #isLookedAt(event: HostEvent): Promise<boolean> {
    if (event.kind !== "change" || event.found === undefined) return false;
    const { head, base } = event.found;
    const check = await this.#options.reviewer.findCheck(event.place.repositoryId, head);
    return check?.subject.number === event.number && check.subject.base === base;
  }
}

function subjectOf(object: HostObject): readonly Subject[] {
  const check = wantedAs("check", object);
  return check === null ? [] : [check.subject];
}
