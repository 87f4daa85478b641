/** Whose branch has moved within this time is asked as often as configured. */
const LIVELY_MS = 60 * 60_000;
/** All the others together are asked so often at most: each asking is a process and a connection. */
const QUIET_POLLS_PER_SECOND = 4;

/**
 * How long to wait before a repository is asked again: the configured interval, unless it is one of very many of which nothing has come for an
 * hour. A hook makes it at once in any case.
 */
export function pollPaceMs(facts: {
  readonly pollIntervalMs: number;
  readonly repositories: number;
  /** Since the branch was last seen to move. */
  readonly quietForMs: number;
}): number {
  const { pollIntervalMs, repositories, quietForMs } = facts;
  if (quietForMs < LIVELY_MS) return pollIntervalMs;
  return Math.max(pollIntervalMs, (repositories / QUIET_POLLS_PER_SECOND) * 1000);
}
