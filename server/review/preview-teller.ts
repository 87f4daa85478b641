import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { Loop } from "../loop.js";
import type { PreviewRow } from "../store/previews.js";
import type { Store } from "../store/store.js";
import { placeIn, wantedAs } from "./kept.js";
import type { Outbox } from "./outbox.js";
import { previewNews } from "./preview-news.js";
import type { ReviewHost } from "./review-host.js";
import type { WantedComment } from "./wanted-object.js";

export interface PreviewTellerOptions {
  readonly store: Pick<Store, "listPreviews" | "findRun" | "listSteps" | "findHostObject">;
  readonly host: Pick<ReviewHost, "traits">;
  readonly hostName: string;
  readonly outbox: Pick<Outbox, "wish">;
  readonly feed: Pick<ChangeFeed, "subscribe">;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people reach the service; null when nobody has said. */
  readonly publicUrl: string | null;
}

/** After checks and answers. */
const RANK = 3;
const MARKER = "headwater preview";
const STEPS_MAX = 100;
/** While a run goes on its comment is written so often, and at once when it has ended. */
const PACE_MS = 10_000;

/** Tells in a comment of a pull request, edited in place, how its preview goes. What it says follows from the run: it keeps nothing. */
export class PreviewTeller {
  readonly #options: PreviewTellerOptions;
  readonly #loop: Loop;
  #unsubscribe = (): void => undefined;

  constructor(options: PreviewTellerOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#loop = new Loop({ name: "previews at the host", clock, log, round: () => this.#round() });
  }

  /** Goes on with what an earlier life has not told. */
  start(): void {
    this.#unsubscribe = this.#options.feed.subscribe(null, (published) => {
      const kind = published?.change.kind;
      if (kind === "run" || kind === "step") this.#loop.wake();
    });
    this.tell();
  }

  /** Idempotent; waits for what is under way. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#loop.stop();
  }

  /** There is something to tell. */
  tell(): void {
    this.#loop.wake();
  }

  /** When to look again at what is told of later; null for not before something happens. */
  async #round(): Promise<number | null> {
    let next: number | null = null;
    for (const preview of await this.#options.store.listPreviews()) {
      const dueAt = await this.#look(preview);
      if (dueAt !== null) next = Math.min(next ?? Infinity, dueAt);
    }
    return next;
  }

  async #look(preview: PreviewRow): Promise<number | null> {
    const { store, clock, host, hostName, publicUrl } = this.#options;
    const place = placeIn(preview);
    if (place.host !== hostName) return null;
    const run = await store.findRun(preview.runId);
    if (run === null) return null;
    const steps = await store.listSteps(run.id, { limit: STEPS_MAX, loop: "" });
    const key = `preview ${hostName} ${place.repositoryId} ${preview.change}`;
    const body = previewNews(run, steps, { publicUrl, change: host.traits.change });
    const known = await store.findHostObject(key);
    if (wantedAs("comment", known)?.body === body) return null;
    const isOpen = run.endedAt === null;
    const dueAt = known !== null && known.isUnfinished && isOpen ? known.updatedAt + PACE_MS : 0;
    if (dueAt > clock.now()) return dueAt;
    const wanted: WantedComment = { kind: "comment", place, number: preview.change, marker: MARKER, body };
    await this.#options.outbox.wish({
      key,
      account: place.account,
      rank: RANK,
      wanted,
      isUnfinished: isOpen,
    });
    return null;
  }
}
