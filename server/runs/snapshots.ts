import { isRunEnded, takeSnapshot } from "@headwater/engine";
import type { Log } from "../log.js";
import type { Store } from "../store/store.js";
import type { LiveRun } from "./live-run.js";

export interface SnapshotsOptions {
  readonly store: Pick<Store, "saveSnapshotPage">;
  readonly log: Log;
  /** So many entries of a journal are replayed at most, unless the snapshot is very large. Default: 25,000, half a second. */
  readonly snapshotEvery?: number;
}

const EVERY = 25_000;
/** About what an entry of the journal takes: snapshots never write more than the journal does. */
const CHARS_PER_ENTRY = 200;
/** A page is one transaction, and should take no longer than others. */
const PAGE_CHARS = 256 * 1024;

/** What stands before the lines of the engine. */
export interface SnapshotHead {
  /** What the run was bound to. */
  readonly versionId: string;
  /** When the last thing happened to it, epoch milliseconds. */
  readonly at: number;
}

/**
 * Writes down how runs stand, now and then, so that the next start need not replay all that happened to them. One run at a time: what
 * is in memory for it is bounded by one run. The copy is made within a batch; its text page by page, each of which waits for the one before.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  /** Of runs whose last snapshot could not be written: from which entry of the journal on the next one is tried. */
  readonly #notBefore = new WeakMap<LiveRun, number>();
  #isBusy = false;
  #isStopped = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** After a batch of a run was decided: takes a snapshot when one is due, and writes it once the batch is on disk. */
  consider(live: LiveRun, durable: Promise<unknown>): void {
    if (this.#isBusy || this.#isStopped || !this.#isDue(live)) return;
    this.#isBusy = true;
    const { seq } = live;
    const lines = takeSnapshot(live.state);
    const head: SnapshotHead = { versionId: live.row.versionId, at: live.lastAt };
    void durable
      .then(() => this.#write(live, { seq, pages: pagesOf(head, lines) }))
      .catch((error: unknown) => {
        if (this.#isStopped) return;
        this.#notBefore.set(live, seq + this.#every);
        this.#options.log.warn(
          "a snapshot could not be written; a start replays more of the journal of its run",
          {
            run: live.row.id,
            error: String(error),
          },
        );
      })
      .finally(() => {
        this.#isBusy = false;
      });
  }

  /** Writes nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  get #every(): number {
    return this.#options.snapshotEvery ?? EVERY;
  }

  #isDue(live: LiveRun): boolean {
    const { seq, snapshot, state } = live;
    const due = snapshot.seq + Math.max(this.#every, snapshot.chars / CHARS_PER_ENTRY);
    return seq >= Math.max(due, this.#notBefore.get(live) ?? 0) && !isRunEnded(state.status);
  }

  async #write(
    live: LiveRun,
    {
      seq,
      pages,
    }: {
      readonly seq: number;
      readonly pages: Iterable<{ readonly text: string; readonly isLast: boolean }>;
    },
  ): Promise<void> {
    let [page, chars] = [0, 0];
    for (const { text, isLast } of pages) {
      if (this.#isStopped) return;
      await this.#options.store.saveSnapshotPage({ runId: live.row.id, seq, page, text, isLast });
      page += 1;
      chars += text.length;
    }
    live.snapshot = { seq, chars };
  }
}

/** The head of a snapshot, null when it has none, and the lines that the engine reads. */
export function linesOf(pages: readonly string[]): {
  readonly head: SnapshotHead | null;
  readonly lines: Iterable<string>;
} {
  const lines = splitPages(pages);
  const first = lines.next();
  return { head: first.done === true ? null : parseHead(first.value), lines };
}

function* splitPages(pages: readonly string[]): Generator<string, void> {
  for (const page of pages) yield* page.split("\n");
}

function parseHead(line: string): SnapshotHead | null {
  try {
    // The cast is the edge: this file alone writes it.
    return JSON.parse(line) as SnapshotHead;
  } catch {
    // Not what was written: the journal has it all.
    return null;
  }
}

// Whole lines, as many as a page takes.
function* pagesOf(
  head: SnapshotHead,
  lines: Iterable<string>,
): Iterable<{ readonly text: string; readonly isLast: boolean }> {
  let page: string[] = [JSON.stringify(head)];
  let chars = 0;
  for (const line of lines) {
    if (chars >= PAGE_CHARS) {
      yield { text: page.join("\n"), isLast: false };
      page = [];
      chars = 0;
    }
    page.push(line);
    chars += line.length;
  }
  yield { text: page.join("\n"), isLast: true };
}
