import type { RepositoryRow } from "../store/store.js";
import { registeredId } from "./declared-branches.js";
import type { Follower } from "./follower.js";
import { repositoryKey } from "./remote/repository-url.js";

const BRANCH = "refs/heads/";

/**
 * The registered repositories, found by their id or that of a branch that they declare or have declared, and by address, of which a hook
 * brings several. The address of a follower does not change.
 */
export class Followers {
  readonly #byId = new Map<string, Follower>();
  readonly #byKey = new Map<string, Set<Follower>>();
  /** What each is about to follow because it is declared, by the id of the registered repository. */
  readonly #reserved = new Map<string, readonly RepositoryRow[]>();

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
    const key = repositoryKey(follower.row.url);
    const beside = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, beside.add(follower));
  }

  delete(id: string): void {
    const follower = this.#byId.get(id);
    if (follower === undefined) return;
    this.#byId.delete(id);
    this.#reserved.delete(id);
    const key = repositoryKey(follower.row.url);
    const beside = this.#byKey.get(key);
    beside?.delete(follower);
    if (beside?.size === 0) this.#byKey.delete(key);
  }

  /** Those of a repository, or all when that is null, that a push to the ref concerns; null is a ref that nobody has told. */
  findMeant(url: string | null, ref: string | null): readonly Follower[] {
    const ofUrl = url === null ? this.values() : (this.#byKey.get(repositoryKey(url)) ?? []);
    return [...ofUrl].filter(
      ({ row, declared }) => ref === null || [row, ...declared].some(({ branch }) => ref === BRANCH + branch),
    );
  }
}
