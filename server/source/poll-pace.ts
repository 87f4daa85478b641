/** All together are asked so often when nothing comes: each asking is a process and a connection. */
const QUIET_POLLS_PER_SECOND = 4;
/** Whose branch has moved an hour ago may wait five minutes to be asked again. */
const QUIET_FOR_EACH_WAIT = 12;

/**
 * How long to wait before a repository is asked again: the configured interval; of very many a twelfth of the time for which nothing has
 * come of it, until all of them share a few questions a second. A hook makes it at once in any case.
 */
export function pollPaceMs(facts: {
  readonly pollIntervalMs: number;
  readonly repositories: number;
  /** Since the branch was last seen to move; infinite when that was not seen. */
  readonly quietForMs: number;
}): number {
  const { pollIntervalMs, repositories, quietForMs } = facts;
  const shareMs = (repositories / QUIET_POLLS_PER_SECOND) * 1000;
  return Math.max(pollIntervalMs, Math.min(quietForMs / QUIET_FOR_EACH_WAIT, shareMs));
}
