/** What a check at a host has no room for. */
export interface WholeCheckRow {
  /** Of the check: `HostObject.key`. */
  readonly key: string;
  /** The pull request; 0 for a merge queue. */
  readonly change: number;
  /** Of no fork. */
  readonly isTrusted: boolean;
  /** As whoever keeps it has packed it. */
  readonly content: string;
  readonly updatedAt: number;
}

/** The latest of each check; of those of forks, and of all others, so many characters, the newest ones. */
export interface WholeCheckRows {
  /** In place of what there was of it; others go that are too old to have room beside it. */
  saveWholeCheck(row: WholeCheckRow): Promise<void>;
  /** None is no error. */
  removeWholeCheck(of: Pick<WholeCheckRow, "key" | "change">): Promise<void>;
  /** Its content; null when there is none. */
  findWholeCheck(of: Pick<WholeCheckRow, "key" | "change">): Promise<string | null>;
}
