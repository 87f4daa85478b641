import type { Log } from "../log.js";
import type { RepositoryRow } from "../store/store.js";
import { registeredId } from "./declared-branches.js";
import type { Follower } from "./follower.js";
import { staysAtHost } from "./remote/redirect.js";
import { repositoryKey } from "./remote/repository-url.js";

const BRANCH = "refs/heads/";

/**
 * The registered repositories, found by their id or that of a branch that they declare or have declared, and by address, of which a hook
 * brings several. The address of a follower does not change, but its host may send git on to another one, by which it is found too.
 */
export class Followers {
  readonly #byId = new Map<string, Follower>();
  readonly #byKey = new Map<string, Set<Follower>>();
  /** Where hosts send git on to, by the id of the registered repository. */
  readonly #redirects = new Map<string, string>();
  readonly #log: Log;
  /** What each is about to follow because it is declared, by the id of the registered repository. */
  readonly #reserved = new Map<string, readonly RepositoryRow[]>();

  constructor(log: Log) {
    this.#log = log;
  }

  get size(): number {
    return this.#byId.size;
  }

  values(): IterableIterator<Follower> {
    return this.#byId.values();
  }

  get(id: string): Follower | undefined {
    return this.#byId.get(registeredId(id));
  }

  /** All that is followed: each registered repository, and after it what it declares. */
  rows(): readonly RepositoryRow[] {
    return [...this.values()].flatMap((follower) => [follower.row, ...follower.declared]);
  }

  /** All that is followed, and what is about to be because it is declared: nobody else may come to follow that. */
  taken(): readonly RepositoryRow[] {
    return [...this.rows(), ...[...this.#reserved.values()].flat()];
  }

  /** What the repository is about to follow because it declares that. */
  reserve(id: string, rows: readonly RepositoryRow[]): void {
    if (rows.length === 0) this.#reserved.delete(id);
    else if (this.#byId.has(id)) this.#reserved.set(id, rows);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** In the place of the one before, where there was one. */
  set(id: string, follower: Follower): void {
    this.delete(id);
    this.#byId.set(id, follower);
    this.#index(follower.row.url, follower);
  }

  delete(id: string): void {
    const follower = this.#byId.get(id);
    if (follower === undefined) return;
    this.redirect(id, null);
    this.#byId.delete(id);
    this.#reserved.delete(id);
    this.#leave(follower.row.url, follower);
  }

  /**
   * Its host sends git on to there; null: not any more. Hooks of that address are of it too, but those of another host: by sending git there
   * a host would let strangers be heard. Answers whether that is new.
   */
  redirect(id: string, to: string | null): boolean {
    const follower = this.#byId.get(id);
    const before = this.redirectOf(id);
    if (follower === undefined || before === to) return false;
    const { url } = follower.row;
    if (before !== null && staysAtHost(url, before)) this.#leave(before, follower);
    this.#redirects.delete(id);
    if (to === null) return true;
    this.#redirects.set(id, to);
    this.#log.warn("The host of a repository sends on to another address", { url, to });
    if (staysAtHost(url, to)) this.#index(to, follower);
    return true;
  }

  /** Where the host of a registered repository sends git on to; null when it does not. */
  redirectOf(id: string): string | null {
    return this.#redirects.get(id) ?? null;
  }

  /** Those of a repository, or all when that is null, that a push to the ref concerns; null is a ref that nobody has told. */
  findMeant(url: string | null, ref: string | null): readonly Follower[] {
    const ofUrl = url === null ? this.values() : (this.#byKey.get(repositoryKey(url)) ?? []);
    return [...ofUrl].filter(
      ({ row, declared }) => ref === null || [row, ...declared].some(({ branch }) => ref === BRANCH + branch),
    );
  }

  #index(url: string, follower: Follower): void {
    const key = repositoryKey(url);
    const beside = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, beside.add(follower));
  }

  #leave(url: string, follower: Follower): void {
    const key = repositoryKey(url);
    const beside = this.#byKey.get(key);
    beside?.delete(follower);
    if (beside?.size === 0) this.#byKey.delete(key);
  }
}
