import type { ChangeFeed } from "../changes/change-feed.js";
import { sleep, type Clock } from "../clock.js";
import type { Log } from "../log.js";
import { Loop } from "../loop.js";
import { repositoryKey } from "../source/remote/repository-url.js";
import type { Previews } from "../previews/previews.js";
import type { PreviewRow } from "../store/previews.js";
import type { Store } from "../store/store.js";
import type { OpenLists } from "./open-lists.js";
import { HostFailure, isHopeless, type OpenChange } from "./review-host.js";

export interface ReconcilerOptions {
  readonly store: Pick<Store, "listRepositories" | "listPreviews">;
  readonly previews: Pick<Previews, "end">;
  readonly lists: Pick<OpenLists, "list">;
  readonly feed: Pick<ChangeFeed, "subscribe">;
  /** Which pull requests it looks at: those of forks, or all others, and all previews, which forks have none of. */
  readonly isFork: boolean;
  /** Has its check made where it has none; resolves when that is done or given up. */
  readonly complete: (change: OpenChange) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const RETRY_MS = 5 * 60_000;
/** Of what has changed within so long the host is about to tell: who looked before that would look twice. */
const TOLD_MS = 10_000;

/**
 * Goes from the pull requests that are open at the host, and has the checks made that they lack: of those that were opened before
 * anybody told us of them, and of whatever was lost on its way. Previews of those that are not open any more are ended. It does so
 * whenever it is woken and when a repository is followed, one repository after the other, the newest pull request first and one at a time;
 * those that have just changed go last.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #loop: Loop;
  /** Ids of the repositories that it has seen. */
  #seen: ReadonlySet<string> = new Set();
  readonly #stop = new AbortController();
  #unsubscribe = (): void => undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#loop = new Loop({ name: "checks that are missing", clock, log, round: () => this.#round() });
  }

  start(): void {
    this.#unsubscribe = this.#options.feed.subscribe(null, (published) => {
      if (published?.change.kind !== "repository") return;
      if (!this.#seen.has(published.change.repositoryId)) this.#loop.wake();
    });
    this.#loop.wake();
  }

  /** To be called whenever more may be seen than before, and now and then. */
  wake(): void {
    this.#loop.wake();
  }

  /** Idempotent; waits for what is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#unsubscribe();
    await this.#loop.stop();
  }

  /** When to try again what failed; null when nothing did that may go well soon. */
  async #round(): Promise<number | null> {
    const { store, clock } = this.#options;
    const rows = await store.listRepositories();
    this.#seen = new Set(rows.map(({ id }) => id));
    // One may be followed for several of its branches.
    const urls = new Map(rows.map(({ url }) => [repositoryKey(url), url]));
    const waits: number[] = [];
    const fresh: OpenChange[] = [];
    for (const url of urls.values()) {
      if (this.#stop.signal.aborted) return null;
      const waitMs = await this.#try(url, fresh);
      if (waitMs !== null) waits.push(waitMs);
    }
    if (fresh.length > 0) await sleep(clock, TOLD_MS, this.#stop.signal);
    await this.#completeAll(fresh);
    return waits.length === 0 ? null : clock.now() + Math.min(...waits);
  }

  /** Milliseconds until the next try; null when there is none but the usual one. */
  async #try(url: string, fresh: OpenChange[]): Promise<number | null> {
    try {
      fresh.push(...(await this.#complete(url)));
      return null;
    } catch (error) {
      if (this.#stop.signal.aborted || isHopeless(error)) return null;
      const failure = error instanceof HostFailure ? error : null;
      const reason = error instanceof Error ? error.message : String(error);
      // Whoever locks us out has told, once for all that waits.
      if (failure?.kind !== "locked-out")
        this.#options.log.warn("Cannot look for missing checks", { url, reason });
      return Math.max(RETRY_MS, failure?.retryAfterMs ?? 0);
    }
  }

  /** Answers with those that have just changed, which are left. */
  async #complete(url: string): Promise<readonly OpenChange[]> {
    const { lists, clock, isFork } = this.#options;
    // Before the others are listed: one that is opened meanwhile is not ended.
    const previews = isFork ? [] : await this.#previewsOf(url);
    const open = await lists.list(url);
    if (open === null) return [];
    for (const preview of previews)
      if (!(await open.isOpen(preview.change))) await this.#options.previews.end(preview);
    const since = clock.now() - TOLD_MS;
    const isFresh = ({ changedAt }: OpenChange): boolean => changedAt > since;
    const own = open.changes.filter((change) => change.isFork === isFork);
    await this.#completeAll(own.filter((change) => !isFresh(change)));
    return own.filter(isFresh);
  }

  async #completeAll(changes: readonly OpenChange[]): Promise<void> {
    for (const change of changes.toSorted((a, b) => b.number - a.number)) {
      if (this.#stop.signal.aborted) return;
      await this.#options.complete(change);
    }
  }

  async #previewsOf(url: string): Promise<readonly PreviewRow[]> {
    const { store } = this.#options;
    const rows = await store.listRepositories();
    const own = rows.filter((row) => repositoryKey(row.url) === repositoryKey(url)).map(({ id }) => id);
    return (await store.listPreviews()).filter(({ repositoryId }) => own.includes(repositoryId));
  }
}
