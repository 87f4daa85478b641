import type { Log } from "../log.js";
import { repositoryKey } from "../source/remote/repository-url.js";
import type { Source } from "../source/source.js";
import type { HostRepositoryRow } from "../store/host-repositories.js";
import type { RepositoryRow, Store } from "../store/store.js";
import { isHopeless, type HostAccount, type ReviewHost } from "./review-host.js";

export interface RepositoryKeeperOptions {
  readonly host: Pick<ReviewHost, "listAccounts" | "listRepositories">;
  readonly hostName: string;
  readonly store: Pick<Store, "listRepositories" | "listHostRepositories" | "replaceHostRepositories">;
  readonly source: Pick<Source, "changeRepository">;
  readonly log: Log;
}

/**
 * Keeps what a host lets us see in step with it. One that was renamed or moved there is followed to where it is now, for its number is
 * the same. None is followed or left by itself: whoever may change a repository that is followed may run what they like on this machine,
 * and whoever takes the App away by mistake is not to stop what runs.
 */
export class RepositoryKeeper {
  readonly #options: RepositoryKeeperOptions;
  #accounts: readonly HostAccount[] = [];

  constructor(options: RepositoryKeeperOptions) {
    this.#options = options;
  }

  /** Who lets us see something, as of the last look. */
  get accounts(): readonly HostAccount[] {
    return this.#accounts;
  }

  /** Asks the host how things are. Safe to repeat. @throws HostFailure when something could not be asked for that may be later */
  async look(): Promise<void> {
    const { host, hostName, store } = this.#options;
    const accounts = await host.listAccounts();
    this.#tellNews(accounts);
    this.#accounts = accounts;
    const known = await store.listHostRepositories(hostName);
    const now: HostRepositoryRow[] = [];
    const failures: unknown[] = [];
    for (const each of accounts) {
      const before = known.filter(({ account }) => account === each.account);
      // While it is suspended nothing of it is shown, and nothing of it is forgotten.
      now.push(...(each.isSuspended ? before : await this.#list(each, { before, failures })));
    }
    const followed = await store.listRepositories();
    for (const [index, row] of now.entries()) {
      const before = known.find(({ id }) => id === row.id);
      // What could not be followed is tried again at the next look, which must still know where it was.
      if (before !== undefined && !(await this.#follow(before, row, followed))) now[index] = before;
    }
    this.#tellLost(known, now, followed);
    await store.replaceHostRepositories(hostName, now);
    if (failures.length > 0) throw failures.at(-1);
  }

  /** What cannot be listed stays as it was known, and keeps none of the others from being looked at. */
  async #list(
    { account, name }: HostAccount,
    { before, failures }: { readonly before: readonly HostRepositoryRow[]; readonly failures: unknown[] },
  ): Promise<readonly HostRepositoryRow[]> {
    try {
      return await this.#options.host.listRepositories(account);
    } catch (error) {
      if (!isHopeless(error)) failures.push(error);
      else this.#options.log.warn("Cannot list what an account lets us see", { name, reason: String(error) });
      return before;
    }
  }

  /** False when it has moved, and what is followed could not. */
  async #follow(
    before: HostRepositoryRow,
    now: HostRepositoryRow,
    followed: readonly RepositoryRow[],
  ): Promise<boolean> {
    if (repositoryKey(before.cloneUrl) === repositoryKey(now.cloneUrl)) return true;
    const { source, log } = this.#options;
    let isFollowed = true;
    for (const { id, url } of ofThat(before, followed)) {
      const to = /^https?:/i.test(url) ? now.cloneUrl : now.sshUrl;
      try {
        await source.changeRepository(id, { url: to });
        log.info("Follows a repository to where it is now", { url, to });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn("Cannot follow a repository to where it is now", { url, to, reason });
        isFollowed = false;
      }
    }
    return isFollowed;
  }

  #tellNews(accounts: readonly HostAccount[]): void {
    for (const account of accounts) {
      const before = this.#accounts.find((each) => each.account === account.account);
      if (JSON.stringify(before) === JSON.stringify(account)) continue;
      const { name, isSuspended, missing, url } = account;
      if (isSuspended)
        this.#options.log.warn("The host has suspended what lets us in: nothing is reviewed there", {
          name,
          url,
        });
      else if (missing.length > 0)
        this.#options.log.warn("The host lets us do less than is needed: grant it", {
          name,
          url,
          missing: missing.join(", "),
        });
    }
  }

  /** It goes on as it is: what is deployed stays, and the row of the repository says why it cannot be fetched, if it cannot. */
  #tellLost(
    known: readonly HostRepositoryRow[],
    now: readonly HostRepositoryRow[],
    followed: readonly RepositoryRow[],
  ): void {
    for (const before of known.filter(({ id }) => !now.some((row) => row.id === id)))
      for (const { url } of ofThat(before, followed))
        this.#options.log.warn("A repository is followed that the host does not show any more", { url });
  }
}

/** Those that somebody has registered; what they declare goes with them. */
function ofThat(
  { cloneUrl }: HostRepositoryRow,
  followed: readonly RepositoryRow[],
): readonly RepositoryRow[] {
  return followed.filter(
    ({ url, declared }) => declared === null && repositoryKey(url) === repositoryKey(cloneUrl),
  );
}
