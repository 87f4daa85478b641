import { sleep, type Clock } from "../clock.js";
import { repositoryKey } from "../source/remote/repository-url.js";
import type { OpenChange, ReviewHost } from "./review-host.js";

export interface OpenListsOptions {
  readonly host: Pick<ReviewHost, "findPlace" | "listOpenChanges">;
  readonly clock: Clock;
}

/** Several look at a repository for the same reason, each as soon as it can. */
const GATHERED_MS = 50;

/** What is open in repositories, of which several want to know at a time: those who ask within a moment are answered by one question. */
export class OpenLists {
  readonly #options: OpenListsOptions;
  /** Lists that nobody has asked the host for yet, by repository. */
  readonly #next = new Map<string, Promise<readonly OpenChange[] | null>>();

  constructor(options: OpenListsOptions) {
    this.#options = options;
  }

  /** As it is after this call began. Null when the repository is not of the host, or not for us. @throws HostFailure */
  list(url: string): Promise<readonly OpenChange[] | null> {
    const key = repositoryKey(url);
    const next = this.#next.get(key) ?? this.#listSoon(key, url);
    this.#next.set(key, next);
    return next;
  }

  async #listSoon(key: string, url: string): Promise<readonly OpenChange[] | null> {
    const { host, clock } = this.#options;
    await sleep(clock, GATHERED_MS);
    // Whoever asks from now on wants to know what happens from now on as well.
    this.#next.delete(key);
    const place = await host.findPlace(url);
    return place === null ? null : host.listOpenChanges(place);
  }
}
