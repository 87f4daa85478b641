import type { Clock } from "../clock.js";
import type { Store } from "../store/store.js";
import type { Answer, Asked } from "./asked.js";
import type { Change, ReviewHost } from "./review-host.js";
import type { Reviewer } from "./reviewer.js";

export interface ConfirmRemovalOptions {
  readonly host: Pick<ReviewHost, "traits">;
  readonly store: Pick<Store, "confirmRemoval">;
  readonly reviewer: Pick<Reviewer, "findResult" | "findRepository">;
  readonly clock: Clock;
}

/** Of a commit, as people shorten it. */
const COMMIT = /^[0-9a-f]{7,64}$/;
const SHORT = 12;

/**
 * Somebody lets a merge remove what the check of its head shows. They name the commit that they have seen, by its beginning or by its
 * button: what was pushed since then they have not.
 */
export async function confirmRemoval(
  { place, user, argument: seen }: Asked,
  change: Change,
  { host: { traits }, store, reviewer, clock }: ConfirmRemovalOptions,
): Promise<Answer> {
  const { number, head, base: branch } = change;
  if (!change.isOpen)
    return refusal(
      change.isMerged
        ? "it is merged. Where its commit is held, confirm that: `headwater deployments` lists it, `headwater confirm COMMIT` lets it go"
        : "it is closed",
    );
  const line = `\`/headwater confirm-delete ${head.slice(0, SHORT)}\``;
  if (!COMMIT.test(seen)) return refusal(`say of which commit. The head is ${head}: ${line}`);
  if (!head.startsWith(seen))
    return refusal(
      `the head has moved on from ${seen.slice(0, SHORT)} to ${head}. Look at what that removes, and then: ${line}`,
    );
  const repository = await reviewer.findRepository({ place, base: branch });
  const result = await reviewer.findResult(place, head, number);
  if (repository === null || result === null)
    return refusal("nobody has looked at this commit yet. Wait for its check");
  const workflows = result.removes ?? [];
  if (workflows.length === 0) return refusal("there is nothing to confirm: a merge would not be held");
  const reason = `on ${traits.change} ${traits.sign}${number}, having seen ${head.slice(0, SHORT)}`;
  const said = { by: user, reason, at: clock.now() };
  await store.confirmRemoval({
    repositoryId: repository.id,
    branch,
    change: number,
    head,
    workflows,
    ...said,
  });
  return { reaction: "+1", words: null, look: { ...change, place } };
}

function refusal(problem: string): Answer {
  return { reaction: "confused", words: `Not confirmed: ${problem}.`, look: null };
}
