import type { Store } from "../store/store.js";
import { checkKey } from "./check-key.js";
import { wantedAs } from "./kept.js";
import { partsOf } from "./shared-check.js";
import type { Subject } from "./wanted-object.js";

/** A queue tries no more than some dozens together; and it moves the branch to its own commits, so that what is merged stands behind them. */
const CHANGES_MAX = 100;

interface Checks {
  readonly store: Pick<Store, "findHostObject">;
  readonly hostName: string;
}

/**
 * The pull requests that a merge queue tries with a commit: the last one, which its ref names, and those that it tries before, as far as
 * it has had them looked at. What is in a queue somebody has put there who may write.
 */
export async function queuedChanges(queued: Subject, checks: Checks): Promise<ReadonlySet<number>> {
  const changes = new Set<number>();
  let subject: Subject | undefined = queued;
  while (subject !== undefined && changes.size < CHANGES_MAX) {
    const change = changeIn(subject);
    if (change === null || changes.has(change)) break;
    changes.add(change);
    subject = await findBefore(subject, checks);
  }
  return changes;
}

/** `gh-readonly-queue/main/pr-7-…` */
function changeIn({ ref }: Subject): number | null {
  const number = /\/pr-(\d+)-[^/]*$/.exec(ref)?.[1];
  return number === undefined ? null : Number(number);
}

/** What the queue tries, or has tried, before that; undefined where the branch was not moved by it. */
async function findBefore(
  { place, onto }: Subject,
  { store, hostName }: Checks,
): Promise<Subject | undefined> {
  if (onto === undefined) return undefined;
  const key = checkKey(hostName, place.repositoryId, onto);
  const check = wantedAs("check", await store.findHostObject(key));
  // Anybody may open a pull request of the same commit.
  const told = check === null ? [] : [check, ...partsOf(check)];
  return told.map(({ subject }) => subject).find(({ number }) => number === null);
}
