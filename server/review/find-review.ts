import type { Store } from "../store/store.js";
import { checkKey } from "./check-key.js";
import { tellsAll } from "./check-page.js";
import { wantedAs } from "./kept.js";
import type { Place } from "./place.js";
import { partsOf } from "./shared-check.js";
import type { CheckPart, CheckResult, WantedCheck } from "./wanted-object.js";
import { WholeChecks } from "./whole-checks.js";

/** A commit as it is named at its host. */
export interface ReviewName {
  readonly host: string;
  /** The host's number for it. */
  readonly repositoryId: string;
  readonly head: string;
}

/** What the check of a commit says, with all that there is no room for at the host. */
export interface FoundReview {
  readonly place: Place;
  /** It is being looked at. */
  readonly isOpen: boolean;
  readonly updatedAt: number;
  /** One for each pull request that has the commit as its head. */
  readonly parts: readonly CheckPart[];
}

/** Stands where a check leads to what had to make room for newer ones. */
const GONE = "the rest is not kept any more";

/** Null when nobody has looked at the commit, or when that was long ago. */
export async function findReview(
  { host, repositoryId, head }: ReviewName,
  store: Pick<Store, "findHostObject" | "findWholeCheck" | "saveWholeCheck" | "removeWholeCheck">,
): Promise<FoundReview | null> {
  const key = checkKey(host, repositoryId, head);
  const object = await store.findHostObject(key);
  const check = wantedAs("check", object);
  if (object === null || check === null) return null;
  const wholes = new WholeChecks(store);
  const parts: CheckPart[] = [];
  for (const { subject, result } of partsOf(check)) {
    const whole = await wholes.find({ key, number: subject.number });
    parts.push({ subject, result: whole === null ? ownWords(result, check) : { ...result, ...whole } });
  }
  return { place: check.subject.place, isOpen: check.result === null, updatedAt: object.updatedAt, parts };
}

/** What has no more than its check leads nowhere: it stands where that leads. */
function ownWords(result: CheckResult, { page }: Pick<WantedCheck, "page">): CheckResult {
  if (page === undefined) return result;
  return { ...result, summary: result.summary.replaceAll(tellsAll(page), GONE) };
}
