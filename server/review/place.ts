/** A repository as its host is asked about it, and who grants us access there. */
export type NamedPlace = Pick<Place, "account" | "owner" | "name">;

/** A repository at its host. */
export interface Place {
  /** Who grants us access there, and whose limits count: an installation of the GitHub App. */
  readonly account: string;
  /** The host's number for the repository, which outlives its name. */
  readonly repositoryId: string;
  readonly owner: string;
  readonly name: string;
  readonly cloneUrl: string;
}
