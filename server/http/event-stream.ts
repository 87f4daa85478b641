import type { ServerResponse } from "node:http";
import type { ChangeFeed, PublishedChange } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";

const HEARTBEAT_MS = 15_000;
/** More than the feed remembers, so that whoever catches up is not taken for slow. */
const BUFFERED_BYTES_MAX = 8 * 1024 * 1024;
const RECONNECT_AFTER_MS = 1000;

/**
 * The readers of live changes. Each gets what it missed, then what happens, and a comment every 15 s that keeps the line
 * alive. One that reads too slowly is cut off rather than remembered for: it comes back with its last id.
 */
export class EventStreams {
  readonly #feed: ChangeFeed;
  readonly #clock: Clock;
  readonly #open = new Set<() => void>();

  constructor(feed: ChangeFeed, clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
  }

  /** Takes the response over until either side ends it. @param lastId where the reader was, null for a new one */
  open(response: ServerResponse, lastId: string | null): void {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    let cancelHeartbeat = (): void => undefined;
    let unsubscribe = (): void => undefined;
    const close = (): void => {
      this.#open.delete(close);
      cancelHeartbeat();
      unsubscribe();
      response.end();
    };
    const write = (text: string): void => {
      if (!response.writable) return;
      response.write(text);
      if (response.writableLength > BUFFERED_BYTES_MAX) response.destroy();
    };
    const beat = (): void => {
      write(": still here\n\n");
      cancelHeartbeat = this.#clock.after(HEARTBEAT_MS, beat);
    };
    this.#open.add(close);
    response.on("close", close);
    write(`retry: ${RECONNECT_AFTER_MS}\n\n`);
    // Who is cut off before the first change comes back with this, and misses nothing.
    if (lastId === null) write(`id: ${this.#feed.position()}\n\n`);
    cancelHeartbeat = this.#clock.after(HEARTBEAT_MS, beat);
    unsubscribe = this.#feed.subscribe(lastId, (entry) =>
      write(entry === null ? resetAt(this.#feed.position()) : messageOf(entry)),
    );
  }

  /** Ends every stream. */
  closeAll(): void {
    for (const close of this.#open) close();
  }
}

/** With an id, so that the reader comes back from there and is not reset again. */
function resetAt(position: string): string {
  return `id: ${position}\nevent: reset\ndata: {}\n\n`;
}

function messageOf(entry: PublishedChange): string {
  return `id: ${entry.id}\nevent: ${entry.change.kind}\ndata: ${JSON.stringify(entry.change)}\n\n`;
}
