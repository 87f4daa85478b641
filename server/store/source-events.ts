import type { PrunedPage, PruneQuery } from "./retention.js";

/**
 * What happened between a repository and the service: its host could not be read; the branch was not there; the head that the host told of was
 * gone when it was fetched; the mirror was damaged, and was made anew.
 */
export type SourceEventKind = "unreachable" | "branch-missing" | "commit-vanished" | "mirror-damaged";

/** Something that kept commits from being seen, or lost them. */
export interface SourceEventRow {
  readonly id: string;
  readonly repositoryId: string;
  /** Null when it concerns all of the repository. */
  readonly branch: string | null;
  readonly kind: SourceEventKind;
  /** In words. */
  readonly detail: string;
  /** Commits that were kept and that nobody has any more; runs may have needed them. */
  readonly lostCommits: readonly string[];
  /** When it was noticed, epoch milliseconds. */
  readonly since: number;
  /** When it was over; null while it goes on. */
  readonly until: number | null;
}

/** As it is listed. */
export interface ListedSourceEvent extends SourceEventRow {
  /** The name of its repository; null when that was removed. */
  readonly repository: string | null;
}

/** What happened to repositories, beside the deployments that came of them. */
export interface SourceEvents {
  /** Adds the event, or replaces what is known of it. Of a repository the newest thousand stay. */
  saveSourceEvent(event: SourceEventRow): Promise<void>;
  /** Those that go on. */
  listOpenSourceEvents(): Promise<readonly SourceEventRow[]>;
  /** Newest first, of those that went on at `after` or later. A project and an environment have those of the branches that were deployed there. */
  listSourceEvents(query: {
    readonly repositoryId?: string;
    readonly project?: string;
    readonly environment?: string;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly ListedSourceEvent[]>;
  /** Looks at the next events, oldest first, and forgets those that were over before `endedBefore`. `next` is where to go on; null at the end. */
  pruneSourceEvents(query: PruneQuery & { readonly endedBefore: number }): Promise<PrunedPage>;
}
