/** What is thrown away of what has ended, in small transactions: none takes long, and after a kill between any two the next goes on. */
export interface Retention {
  /**
   * Looks at the next runs, oldest first, and forgets those that set something going which has ended, all of it, before `endedBefore`:
   * with every run that it has started, through steps and signals. Kept are the runs that others still need:
   *
   * - the newest of each workflow, after which the next is numbered, and the newest that has begun and ended, which may block it;
   * - of workflows that live the newest successes, by which their usual durations are known;
   * - those whose signals have not been matched yet, or wait for others.
   *
   * Trigger keys stay taken, and what steps have left for others with the same cache key stays. `next` is where to go on; null at the end.
   */
  pruneRuns(query: PruneQuery & { readonly endedBefore: number }): Promise<PrunedPage>;
  /** Deletes a part of what is left of runs that are forgotten. False when nothing is left. */
  sweepPrunedRuns(): Promise<boolean>;
  /** Of these ids those of runs that are there. */
  filterRuns(ids: readonly string[]): Promise<readonly string[]>;
  /** When the latest run ended that was forgotten, epoch milliseconds: history is whole from then on. Null while all of it is. */
  historyBegin(): Promise<number | null>;
  /** How far gates look back, of workflows that live and runs that go on; null when they need no signal of before `now`. It reads their definitions. */
  signalsNeededSince(now: number): Promise<number | null>;
  /**
   * Deletes signals that were recorded before `before`, but for those that are still needed: not matched yet, waiting for others, or
   * emitted by a run that goes on. `before` must be no later than gates look back.
   */
  pruneSignals(query: PruneQuery & { readonly before: number }): Promise<PrunedPage>;
  /** For which steps something is remembered, by workflow and step. */
  listRememberedSteps(): Promise<readonly RememberedStep[]>;
  /** Forgets what the step has left before `before`. Returns how many there were. */
  pruneRemembered(step: RememberedStep & { readonly before: number }): Promise<number>;
}

/** A page of what may be thrown away. */
export interface PruneQuery {
  /** The `next` of the page before; none to begin. */
  readonly after?: number;
  /** So many are looked at. */
  readonly limit: number;
}

/** How many of a page were thrown away, and where to go on; null at the end. */
export interface PrunedPage {
  readonly pruned: number;
  readonly next: number | null;
}

/** A step that leaves something for others with the same cache key. */
export interface RememberedStep {
  readonly project: string;
  readonly environment: string;
  readonly workflow: string;
  /** Dotted, without iterations. */
  readonly step: string;
}
