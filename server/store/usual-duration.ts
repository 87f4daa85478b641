/** Of which workflows. */
export type UsualDurationQuery =
  | { readonly repositoryId: string }
  | { readonly project: string; readonly environment: string };

/** How long runs of a workflow take that succeed: from their beginning to their end, waits within included. */
export interface UsualDurationRow {
  readonly workflow: string;
  readonly medianMs: number;
  /** Of how many runs, the newest. */
  readonly runs: number;
}
