import { sleep, type Clock } from "../clock.js";
import type { Log } from "../log.js";
import { repositoryKey } from "../source/remote/repository-url.js";
import type { OpenChanges, ReviewHost } from "./review-host.js";

export interface OpenListsOptions {
  readonly host: Pick<ReviewHost, "findPlace" | "findChange" | "listOpenChanges">;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is open in one repository. */
export interface OpenList extends OpenChanges {
  /** Whether one is open: the host is asked for what is not listed, which need not be closed. @throws HostFailure */
  isOpen(number: number): Promise<boolean>;
}

/** Several look at a repository for the same reason, each as soon as it can. */
const GATHERED_MS = 50;

/** What is open in repositories, of which several want to know at a time: those who ask within a moment are answered by one question. */
export class OpenLists {
  readonly #options: OpenListsOptions;
  /** Lists that nobody has asked the host for yet, by repository. */
  readonly #next = new Map<string, Promise<OpenList | null>>();

  constructor(options: OpenListsOptions) {
    this.#options = options;
  }

  /** As it is after this call began. Null when the repository is not of the host, or not for us. @throws HostFailure */
  list(url: string): Promise<OpenList | null> {
    const key = repositoryKey(url);
    const next = this.#next.get(key) ?? this.#listSoon(key, url);
    this.#next.set(key, next);
    return next;
  }

  async #listSoon(key: string, url: string): Promise<OpenList | null> {
    const { host, clock, log } = this.#options;
    await sleep(clock, GATHERED_MS);
    // Whoever asks from now on wants to know what happens from now on as well.
    this.#next.delete(key);
    const place = await host.findPlace(url);
    if (place === null) return null;
    const open = await host.listOpenChanges(place);
    if (!open.isWhole) log.warn("More are open than are listed", { url, listed: open.changes.length });
    const listed = new Set(open.changes.map(({ number }) => number));
    const isOpen: OpenList["isOpen"] = async (number) =>
      listed.has(number) || (await host.findChange(place, number))?.isOpen === true;
    return { ...open, isOpen };
  }
}
