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
  /** The head of that branch with which it was compared, as its check tells; null until that is told. */
  readonly base: string | null;
  readonly updatedAt: number;
  readonly claims: Claims;
}

/** What a change takes for itself. */
export interface Claims {
  readonly project: string;
  /** The project was another one before. */
  readonly takesProject: boolean;
  /** Ids of workflows that were free. */
  readonly adds: readonly string[];
  /** Signals, with those of their params that are plain, that the workflow did not emit before. */
  readonly emits: readonly {
    readonly workflow: string;
    readonly signal: string;
    /** Other workflows that emit the same: of the project, by id, and of others as they are deployed, `project/workflow`. */
    readonly rivals: readonly string[];
  }[];
}

/** With which head of its branch a pull request was compared. */
export interface ComparedBase extends Pick<ChangeClaims, "repositoryId" | "change" | "head"> {
  readonly base: string;
}

/** What pull requests are held against each other by. */
export interface ChangeClaimRows {
  /** In place of what it took before. */
  saveClaims(claims: ChangeClaims): Promise<void>;
  /** Its check tells of this base. Of one that has another head by now, or is closed, nothing is kept. */
  saveComparedBase(of: ComparedBase): Promise<void>;
  /** Of all repositories, by repository and number. */
  listClaims(): Promise<readonly ChangeClaims[]>;
  /** It is closed; one that is not there is no error. */
  removeClaims(of: Pick<ChangeClaims, "repositoryId" | "change">): Promise<void>;
}
