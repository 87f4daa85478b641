/** What an open pull request takes for itself: ids of workflows, and signals. */
export interface ChangeClaims {
  readonly repositoryId: string;
  /** Its repository, as people know it. */
  readonly repository: string;
  /** The number of the pull request. */
  readonly change: number;
  readonly head: string;
  /** Its head is of another repository, which other people may write to. */
  readonly isFork: boolean;
  /** The branch that it is to be merged into. */
  readonly branch: string;
  /** The head of that branch with which it was compared. */
  readonly base: string;
  readonly updatedAt: number;
  readonly claims: {
    readonly project: string;
    readonly takesProject: boolean;
    readonly adds: readonly string[];
    readonly emits: readonly {
      readonly workflow: string;
      readonly signal: string;
      readonly rivals: readonly string[];
    }[];
  };
}

/** What pull requests are held against each other by. */
export interface ChangeClaimRows {
  /** In place of what it took before. */
  saveClaims(claims: ChangeClaims): Promise<void>;
  /** Of all repositories, by repository and number. */
  listClaims(): Promise<readonly ChangeClaims[]>;
  /** It is closed; one that is not there is no error. */
  removeClaims(of: Pick<ChangeClaims, "repositoryId" | "change">): Promise<void>;
}
