import type { IncomingHttpHeaders } from "node:http";
import type { ChangeFeed } from "../changes/change-feed.js";
import { sleep, type Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { Previews } from "../previews/previews.js";
import type { Source } from "../source/source.js";
import type { DeliveryRow } from "../store/reviews.js";
import type { Store } from "../store/store.js";
import { BaseWatcher, type BaseWatcherOptions } from "./base-watcher.js";
import { changeName } from "./change-name.js";
import { CommandQuota } from "./command-quota.js";
import type { Compilers } from "./compiler/compilers.js";
import { DeploymentTeller } from "./deployment-teller.js";
import { eventIn, toKept } from "./kept.js";
import { Lanes } from "./lanes.js";
import { OpenDeliveries } from "./open-deliveries.js";
import { OpenLists } from "./open-lists.js";
import { Outbox } from "./outbox.js";
import type { Review } from "./review.js";
import {
  asksForPatience,
  HostFailure,
  isHopeless,
  type HostAccount,
  type HostEvent,
  type OpenChange,
  type ReviewHost,
} from "./review-host.js";
import { PreviewTeller } from "./preview-teller.js";
import { Reconciler, type ReconcilerOptions } from "./reconciler.js";
import { RepositoryKeeper } from "./repository-keeper.js";
import { Reviewer } from "./reviewer.js";
import { SubjectFinder } from "./subject-finder.js";
import { Sweep } from "./sweep.js";
import type { Subject } from "./wanted-object.js";

export interface ReviewOptions {
  readonly host: ReviewHost;
  /** In the names of what is kept. */
  readonly hostName: string;
  readonly store: Store;
  readonly source: Pick<Source, "previewMerge" | "forgetPreview" | "hint" | "changeRepository">;
  readonly previews: Pick<Previews, "begin" | "end">;
  readonly feed: Pick<ChangeFeed, "subscribe">;
  /** Where people reach the service in a browser; null when nobody has said. */
  readonly publicUrl: string | null;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** How often what did not reach us, and what was left open, is looked for. Default 60 s. */
  readonly sweepMs?: number;
  /** A check that is ended within so long is never seen as begun. Default 2 s. */
  readonly begunAfterMs?: number;
  /** Those of the reviews of all hosts: what one of them compiles the others need not. */
  readonly compilers: Pick<Compilers, "compare" | "supersede" | "stop">;
  /** Writes of one account in any minute. Default 50: hosts allow 80 that make content. */
  readonly writesPerMinute?: number;
  /** See `OutboxOptions.writesPerHour`. */
  readonly writesPerHour?: number;
  /** How long a write that an earlier life sent may be under way. Default 10 s. */
  readonly underWayMsMax?: number;
  /** How much that an earlier life has left, of deliveries and of writes, is read at once; the rest when half of it is done. Default 10,000. */
  readonly readMax?: number;
  /** See `BaseWatcherOptions.changesMax`. */
  readonly changesMax?: number;
  /** How long after its first failure a review, or a write, is tried again; twice as long after each further one. Default 2 s. */
  readonly retryMs?: number;
}

const TRIES = 5;
/** A day of them. */
const UNFOUND_TRIES = 300;
const RETRY_MS = 2000;
const RETRY_MS_MAX = 5 * 60_000;
const SWEEP_MS = 60_000;
/** Whatever came of them: what the host lets us see is asked for so often. */
const LOOK_MS = 3_600_000;
const LOOKS: readonly HostEvent["kind"][] = ["change", "again", "queue", "queue-ended", "repositories"];
const REPOSITORIES = "repositories";

/** Reviews for one host. `start` it after the store and the source. */
export function createReview(options: ReviewOptions): Review {
  return new HostReview(options);
}

class HostReview implements Review {
  readonly #options: ReviewOptions;
  readonly #stop = new AbortController();
  readonly #outbox: Outbox;
  readonly #reviewer: Reviewer;
  readonly #subjects: SubjectFinder;
  readonly #lanes: Lanes<DeliveryRow>;
  readonly #deliveries: OpenDeliveries;
  readonly #teller: DeploymentTeller;
  readonly #previewTeller: PreviewTeller;
  readonly #keeper: RepositoryKeeper;
  #lookedAt = -Infinity;
  /** Those of forks may take long, so that others look at them: nobody waits for a fork but forks. */
  readonly #bases: readonly BaseWatcher[];
  readonly #reconcilers: readonly Reconciler[];
  readonly #sweeper: Sweep;
  #cancelSweep = (): void => undefined;
  #sweep: Promise<void> = Promise.resolve();

  constructor(options: ReviewOptions) {
    this.#options = options;
    const { writesPerMinute = 50 } = options;
    this.#outbox = new Outbox({ ...options, writesPerMinute });
    this.#reviewer = new Reviewer({ ...options, outbox: this.#outbox });
    const common = { ...options, outbox: this.#outbox, reviewer: this.#reviewer };
    this.#previewTeller = new PreviewTeller(common);
    const lookAgain: BaseWatcherOptions["lookAgain"] = (subject, since) =>
      this.#lanes.run(changeName(subject), () => this.#reviewer.reviewAgain(subject, since));
    const lists = new OpenLists(options);
    this.#bases = [false, true].map((isFork) => new BaseWatcher({ ...options, lists, isFork, lookAgain }));
    const quota = new CommandQuota(options.clock);
    this.#subjects = new SubjectFinder({ ...common, previewTeller: this.#previewTeller, quota });
    this.#lanes = new Lanes((deliveries) => this.#work(deliveries));
    this.#deliveries = new OpenDeliveries({ ...options, take: (delivery) => this.#take(delivery) });
    this.#teller = new DeploymentTeller({ ...options, outbox: this.#outbox });
    this.#keeper = new RepositoryKeeper(options);
    const complete: ReconcilerOptions["complete"] = (change) => this.#complete(change);
    this.#reconcilers = [false, true].map(
      (isFork) => new Reconciler({ ...options, lists, isFork, complete }),
    );
    const inLane = (subject: Subject, work: () => Promise<void>): Promise<void> =>
      this.#lanes.run(changeName(subject), work);
    this.#sweeper = new Sweep({
      ...options,
      reviewer: this.#reviewer,
      review: (subject) => inLane(subject, () => this.#reviewer.review(subject)),
      giveUp: (subject, error) => inLane(subject, () => this.#reviewer.giveUp(subject, error)),
      record: (id, event) => this.#record(id, event),
    });
  }

  async start(): Promise<void> {
    await this.#outbox.start();
    await this.#deliveries.readOn();
    await this.#teller.start();
    this.#previewTeller.start();
    for (const watcher of [...this.#bases, ...this.#reconcilers]) watcher.start();
    this.#sweepLater(0);
  }

  get accounts(): readonly HostAccount[] {
    return this.#keeper.accounts;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#cancelSweep();
    await this.#options.compilers.stop();
    await Promise.all([
      this.#lanes.settled(),
      this.#sweep,
      this.#sweeper.stop(),
      this.#teller.stop(),
      this.#previewTeller.stop(),
      ...[...this.#bases, ...this.#reconcilers].map((watcher) => watcher.stop()),
    ]);
    await this.#outbox.stop();
  }

  async receive(headers: IncomingHttpHeaders, body: Buffer): Promise<{ readonly accepted: boolean }> {
    const { id, event } = this.#options.host.readDelivery(headers, body);
    if (event === null) return { accepted: false };
    await this.#record(id, event);
    return { accepted: true };
  }

  async #record(id: string, event: HostEvent): Promise<void> {
    const { clock, hostName: host } = this.#options;
    await this.#deliveries.record({ id, host, event: toKept(event), receivedAt: clock.now() });
  }

  #take(delivery: DeliveryRow): void {
    if (this.#stop.signal.aborted) return;
    const { compilers, hostName } = this.#options;
    const event = eventIn(delivery);
    const lane = laneOf(event);
    // It may have another head now: what waits of it is looked at with this, as it is then.
    if (event.kind === "change") compilers.supersede(`${hostName} ${lane}`);
    // Nobody waits for the next try of what somebody else has asked for.
    this.#lanes.add(isLook(event) ? lane : `asked ${lane} ${delivery.id}`, delivery);
  }

  /** All that waits in one lane. */
  async #work(deliveries: readonly DeliveryRow[]): Promise<void> {
    try {
      for (const event of neededOf(deliveries.map(eventIn))) await this.#persist(event);
      if (this.#stop.signal.aborted) return;
      await this.#deliveries.close(deliveries.map(({ id }) => id));
    } catch (error) {
      // They stay open, and the next life goes on with them.
      this.#options.log.error("Cannot keep what came of deliveries", { reason: String(error) });
    }
  }

  /**
   * Tries again what may go well later; what does not in the end is told on the check. Whoever asked for something waits for the looks that
   * were to be made before it, and no look waits for its next try.
   */
  async #persist(event: HostEvent): Promise<void> {
    const { clock } = this.#options;
    let waitMs: number | null = 0;
    for (let attempt = 1; waitMs !== null && !this.#stop.signal.aborted; attempt += 1) {
      const tryNow = (): Promise<number | null> => this.#try(event, attempt);
      waitMs = await (isLook(event) ? tryNow() : this.#lanes.run(laneOf(event), tryNow));
      if (waitMs !== null) await sleep(clock, waitMs, this.#stop.signal);
    }
  }

  /** Null when it is over; else when to try again, milliseconds from now. */
  async #try(event: HostEvent, attempt: number): Promise<number | null> {
    let subject: Subject | null = null;
    try {
      if (event.kind === "repositories") await this.#lookAtRepositories();
      else subject = await this.#subjects.find(event);
      if (subject !== null) await this.#reviewer.review(subject);
      return null;
    } catch (error) {
      if (this.#stop.signal.aborted) return null;
      const reason = error instanceof Error ? error.message : String(error);
      if (!isLockedOut(error))
        this.#options.log.warn("Cannot review a pull request", { event: event.kind, attempt, reason });
      const isFound = subject !== null;
      const waitMs = waitAfter(error, { attempt, isFound, retryMs: this.#options.retryMs ?? RETRY_MS });
      if (waitMs === null && subject !== null) await this.#reviewer.giveUp(subject, error);
      return waitMs;
    }
  }

  /** More may be seen than before, and more may be written: what was in vain is tried again. */
  async #lookAtRepositories(): Promise<void> {
    this.#lookedAt = this.#options.clock.steady();
    try {
      await this.#keeper.look();
    } finally {
      this.#outbox.hurry();
      for (const watcher of [...this.#bases, ...this.#reconcilers]) watcher.wake();
    }
  }

  /** In the lane of what is told of it, so that what is being looked at has its check. */
  #complete(change: OpenChange): Promise<void> {
    const { place, number } = change;
    return this.#lanes.run(changeName(change), async () => {
      if (await this.#reviewer.isMissing(change)) await this.#persist({ kind: "change", place, number });
    });
  }

  async #lookNowAndThen(): Promise<void> {
    const { clock, log } = this.#options;
    if (this.#stop.signal.aborted || clock.steady() - this.#lookedAt < LOOK_MS) return;
    try {
      await this.#lanes.run(REPOSITORIES, () => this.#lookAtRepositories());
    } catch (error) {
      if (!isLockedOut(error))
        log.warn("Cannot look at what the host lets us see", { reason: String(error) });
    }
  }

  async #readOn(): Promise<void> {
    try {
      await this.#deliveries.readOn();
    } catch (error) {
      this.#options.log.warn("Cannot read deliveries that wait", { reason: String(error) });
    }
  }

  #sweepLater(delayMs: number): void {
    if (this.#stop.signal.aborted) return;
    this.#cancelSweep = this.#options.clock.after(delayMs, () => {
      const swept = this.#readOn()
        .then(() => this.#sweeper.run(this.#stop.signal))
        .then(() => this.#lookNowAndThen());
      this.#sweep = swept.finally(() => this.#sweepLater(this.#options.sweepMs ?? SWEEP_MS));
    });
  }
}

/**
 * A host that wants to be left alone for a while gets as many tries as it takes. One that is away before it is known what is to be looked
 * at gets many: there is no check yet on which anybody could be told.
 */
function waitAfter(
  error: unknown,
  {
    attempt,
    isFound,
    retryMs,
  }: { readonly attempt: number; readonly isFound: boolean; readonly retryMs: number },
): number | null {
  const failure = error instanceof HostFailure ? error : null;
  if (failure !== null && asksForPatience(failure)) return failure.retryAfterMs;
  const triesMax = !isFound && failure?.kind === "unavailable" ? UNFOUND_TRIES : TRIES;
  if (isHopeless(error) || attempt >= triesMax) return null;
  return Math.min(RETRY_MS_MAX, retryMs * 2 ** (attempt - 1));
}

/** Whoever locks us out has told, once for all that waits. */
function isLockedOut(error: unknown): boolean {
  return error instanceof HostFailure && error.kind === "locked-out";
}

function isLook({ kind }: HostEvent): boolean {
  return LOOKS.includes(kind);
}

/**
 * Of looks that wait, which a lane holds all or none of, the last is enough: how things are is asked when they are made. One that is to be
 * made whatever was looked at before goes before it.
 */
function neededOf(events: readonly HostEvent[]): readonly HostEvent[] {
  if (!events.every(isLook)) return events;
  const untold = events.findLast((event) => event.kind === "change" && event.isUntold);
  return untold === undefined ? events.slice(-1) : [untold];
}

/** What waits for each other: all that is told of one pull request, or of one commit. */
function laneOf(event: HostEvent): string {
  switch (event.kind) {
    case "change":
    case "command":
      return changeName({ ...event, head: "" });
    case "queue":
    case "queue-ended":
    case "again":
    case "action":
      return changeName({ ...event, number: null });
    case "repositories":
      return REPOSITORIES;
    case "push":
      return "push";
  }
}
