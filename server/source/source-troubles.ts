import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { SourceEventRow } from "../store/source-events.js";
import type { RepositoryRow, Store } from "../store/store.js";

/** What is the matter with a repository as of now. */
export interface Trouble {
  readonly kind: "unreachable" | "branch-missing";
  /** Null when it is all of the repository. */
  readonly branch: string | null;
  readonly detail: string;
}

export interface SourceTroublesOptions {
  readonly store: Pick<Store, "saveSourceEvent" | "listOpenSourceEvents">;
  readonly clock: Pick<Clock, "now">;
  readonly ids: Ids;
  readonly log: Log;
}

/** Told which kept commits nobody has any more, once a mirror is whole again. */
export type Repaired = (lostCommits: readonly string[]) => Promise<void>;

/**
 * What happens between repositories and the service, written down when it begins and when it is over, over restarts. Where nothing changes nothing
 * is read or written. What cannot be written down is in the log: it holds nobody up.
 */
export class SourceTroubles {
  readonly #options: SourceTroublesOptions;
  /** Those that go on, by repository. */
  readonly #open = new Map<string, readonly SourceEventRow[]>();

  constructor(options: SourceTroublesOptions) {
    this.#options = options;
  }

  /** A mirror that was being made anew when the service ended is looked at again by itself. */
  async start(): Promise<void> {
    const { store, clock } = this.#options;
    this.#open.clear();
    for (const event of await store.listOpenSourceEvents()) {
      if (event.kind === "mirror-damaged") await this.#save({ ...event, until: clock.now() });
      else this.#remember(event);
    }
  }

  /** These are what is the matter with the repository: others are over, and those that are new begin. */
  async settle(repositoryId: string, troubles: readonly Trouble[]): Promise<void> {
    const outages = (this.#open.get(repositoryId) ?? []).filter(({ kind }) => kind !== "mirror-damaged");
    for (const event of outages)
      if (!troubles.some((trouble) => isOf(event, trouble))) await this.#end(event);
    for (const trouble of troubles) {
      const event = outages.find((one) => isOf(one, trouble));
      if (event === undefined) await this.#begin(repositoryId, trouble);
      else if (event.detail !== trouble.detail) await this.#save({ ...event, detail: trouble.detail });
    }
  }

  /** The host told of `seen` as the head of the branch, and had it no longer when it was fetched. */
  async tellVanished(
    { id, branch }: { readonly id: string; readonly branch: string },
    { seen, head }: { readonly seen: string; readonly head: string },
  ): Promise<void> {
    const now = this.#options.clock.now();
    const detail =
      `The host had ${short(seen)} at the head of the branch when it was asked, and had it no longer when it was fetched: ` +
      `${short(head)} is what counts`;
    await this.#begin(id, { kind: "commit-vanished", branch, detail, until: now });
  }

  /** The mirror of the repository is damaged, and is being made anew. */
  async beginRepair(repositoryId: string, reason: string): Promise<Repaired> {
    const known = this.#open.get(repositoryId)?.find(({ kind }) => kind === "mirror-damaged");
    const detail = `The mirror was damaged (${reason}), and is made anew`;
    const event =
      known ?? (await this.#begin(repositoryId, { kind: "mirror-damaged", branch: null, detail }));
    return async (lostCommits) => {
      const lost =
        lostCommits.length === 0
          ? "with all commits that are needed"
          : "without the commits that are lost, which not even the host has: push them again to any branch or tag";
      const told = `The mirror was damaged (${reason}), and was made anew, ${lost}`;
      await this.#end({ ...event, detail: told, lostCommits });
    };
  }

  /** The mirror does what it is for, though it was not made anew since it was found damaged. Nothing is written where it never was. */
  async endRepair(repositoryId: string): Promise<void> {
    const event = this.#open.get(repositoryId)?.find(({ kind }) => kind === "mirror-damaged");
    if (event !== undefined) await this.#end(event);
  }

  /** The store has ended what went on there: the repository is gone. */
  forget(repositoryId: string): void {
    this.#open.delete(repositoryId);
  }

  async #begin(
    repositoryId: string,
    begun: Pick<SourceEventRow, "kind" | "branch" | "detail"> & { readonly until?: number },
  ): Promise<SourceEventRow> {
    const { clock, ids } = this.#options;
    const since = clock.now();
    const id = ids.next("event", since);
    const event = { id, repositoryId, lostCommits: [], since, until: null, ...begun };
    await this.#save(event);
    return event;
  }

  async #end(event: SourceEventRow): Promise<void> {
    await this.#save({ ...event, until: this.#options.clock.now() });
  }

  async #save(event: SourceEventRow): Promise<void> {
    this.#remember(event);
    try {
      await this.#options.store.saveSourceEvent(event);
    } catch (error) {
      const { repositoryId, kind, detail } = event;
      const facts = { repository: repositoryId, kind, detail, reason: String(error) };
      this.#options.log.warn("Cannot write down what happened to a repository", facts);
    }
  }

  #remember(event: SourceEventRow): void {
    const others = (this.#open.get(event.repositoryId) ?? []).filter(({ id }) => id !== event.id);
    const open = event.until === null ? [...others, event] : others;
    if (open.length === 0) this.#open.delete(event.repositoryId);
    else this.#open.set(event.repositoryId, open);
  }
}

/**
 * What is the matter with a branch by how a check of it went; null for what says nothing about that, such as a full disk. A host that cannot be
 * read is told once, of the registered repository: it says nothing about a branch that is declared, which may go on being gone.
 */
export function troublesOf(
  { branch, declared }: Pick<RepositoryRow, "branch" | "declared">,
  failure: Error | null,
): readonly Trouble[] | null {
  if (failure === null) return [];
  if (!(failure instanceof ServiceError)) return null;
  const { code, message: detail } = failure;
  if (code === "branch-not-found") return [{ kind: "branch-missing", branch, detail }];
  if (code !== "repository-unreachable") return null;
  return declared === null ? [{ kind: "unreachable", branch: null, detail }] : null;
}

function isOf(event: SourceEventRow, { kind, branch }: Trouble): boolean {
  return event.kind === kind && event.branch === branch;
}

function short(commit: string): string {
  return commit.slice(0, 12);
}
