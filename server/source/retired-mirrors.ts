import type { RepositoryRow, Store } from "../store/store.js";
import { registeredId } from "./declared-branches.js";
import type { Mirror } from "./mirror/mirror.js";

interface Retired {
  readonly mirror: Mirror;
  /** Runs that had not ended when the store was asked, without those that have since. */
  waiting: Set<string>;
  /** Runs that have ended since it is retired: the answer of the store may be older. */
  readonly ended: Set<string>;
}

/** Mirrors of repositories that were removed while their runs go on: each is kept until the last of those has ended. */
export class RetiredMirrors {
  readonly #store: Pick<Store, "listUnfinishedRuns">;
  readonly #mirrors = new Map<RepositoryRow["id"], Retired>();

  constructor(store: Pick<Store, "listUnfinishedRuns">) {
    this.#store = store;
  }

  find(repositoryId: string): Mirror | undefined {
    return this.#mirrors.get(registeredId(repositoryId))?.mirror;
  }

  /** Takes a mirror over. It is deleted by `settle`. */
  add(repositoryId: string, mirror: Mirror): void {
    this.#mirrors.set(repositoryId, { mirror, waiting: new Set(), ended: new Set() });
  }

  /** A run has ended. */
  async endRun(run: { readonly id: string; readonly repositoryId: string }): Promise<void> {
    const id = registeredId(run.repositoryId);
    const retired = this.#mirrors.get(id);
    if (retired === undefined) return;
    retired.ended.add(run.id);
    retired.waiting.delete(run.id);
    if (retired.waiting.size === 0) await this.settle(id);
  }

  /** Asks the store for the runs that still need the mirror, and deletes it when there are none. */
  async settle(repositoryId: string): Promise<void> {
    const retired = this.#mirrors.get(repositoryId);
    if (retired === undefined) return;
    const unfinished = await this.#store.listUnfinishedRuns();
    const needed = unfinished.filter(
      (run) => registeredId(run.repositoryId) === repositoryId && !retired.ended.has(run.id),
    );
    retired.waiting = new Set(needed.map(({ id }) => id));
    if (needed.length > 0 || !this.#mirrors.delete(repositoryId)) return;
    await retired.mirror.remove();
  }

  /** Ends their git; the next start finds them again. */
  async stop(): Promise<void> {
    await Promise.all([...this.#mirrors.values()].map(({ mirror }) => mirror.close()));
  }
}
