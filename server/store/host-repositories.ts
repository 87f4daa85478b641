/** Who may read a repository at its host: those who were let in, all who have an account there, everybody. */
export type Visibility = "private" | "internal" | "public";

/** A repository that a host lets us see, whether it is followed or not. */
export interface HostRepositoryRow {
  /** Who lets us: an installation of the GitHub App. */
  readonly account: string;
  /** The host's number for it, which outlives its name. */
  readonly id: string;
  /** `owner/name`. */
  readonly fullName: string;
  readonly cloneUrl: string;
  readonly sshUrl: string;
  /** The default one. */
  readonly branch: string;
  /** It is only read any more. */
  readonly isArchived: boolean;
  /** Null when an earlier build has kept it, or the host does not say. */
  readonly visibility: Visibility | null;
}

/** What hosts let us see. */
export interface HostRepositories {
  /** All that there are from now on at the host. */
  replaceHostRepositories(host: string, rows: readonly HostRepositoryRow[]): Promise<void>;
  /** Sorted by name. */
  listHostRepositories(host: string): Promise<readonly HostRepositoryRow[]>;
}
