import type { Octokit } from "octokit";
import { oneLine } from "../one-line.js";
import { tellsAll } from "../check-page.js";
import { fitMarkdown } from "../fit-text.js";
import type { WriteContext } from "../review-host.js";
import type { CheckAction, WantedCheck } from "../wanted-object.js";
import { annotationBatches, SUMMARY_BYTES_MAX, type Annotation } from "./check-output.js";

const TITLE_CHARACTERS_MAX = 255;
/** What branch rules ask for. */
export const CHECK_NAME = "headwater";

/**
 * Makes the check of a commit look as wanted. Its id is GitHub's and the review's, so that a review never adds to the findings of another
 * one. It is completed with its last findings, so that whoever sees it completed sees all of them; a try that was cut short goes on
 * where it ended. What an earlier review had begun, and whose end was overtaken by this one, is ended: it would stay open for ever.
 */
export async function writeCheck(
  octokit: Octokit,
  wanted: WantedCheck,
  context: WriteContext & { readonly appId: number },
): Promise<string> {
  const { reviewId, result } = wanted;
  const { mayExist, permit } = context;
  const found = await findOwn(octokit, wanted, context);
  const batches = annotationBatches(result?.findings ?? []);
  const isResumed = mayExist && found !== null && batches.length > 1;
  const rest = isResumed ? batches.slice(await countBatches(octokit, wanted, found)) : batches;
  const parts = rest.length === 0 ? [[]] : rest;
  let id = found;
  for (const [index, annotations] of parts.entries()) {
    await permit();
    id = await writePart(octokit, wanted, {
      id,
      state: stateOf(wanted, { annotations, isLast: index === parts.length - 1 }),
    });
  }
  return `${id} ${reviewId}`;
}

async function writePart(
  octokit: Octokit,
  { subject: { place, head }, reviewId }: WantedCheck,
  { id, state }: { readonly id: number | null; readonly state: ReturnType<typeof stateOf> },
): Promise<number> {
  const repository = { owner: place.owner, repo: place.name };
  if (id !== null) {
    await octokit.rest.checks.update({ ...repository, check_run_id: id, ...state });
    return id;
  }
  const made = { name: CHECK_NAME, head_sha: head, external_id: reviewId };
  const { data } = await octokit.rest.checks.create({ ...repository, ...made, ...state });
  return data.id;
}

/** GitHub's id of the check of this review; null when it has none yet: then those of others that are open are ended. */
async function findOwn(
  octokit: Octokit,
  wanted: WantedCheck,
  { remoteId, mayExist, permit, appId }: WriteContext & { readonly appId: number },
): Promise<number | null> {
  const known = idOfReview(remoteId, wanted.reviewId);
  if (known !== null || (remoteId === null && !mayExist)) return known;
  const { found, overtaken } = await findChecks(octokit, wanted, appId);
  for (const id of overtaken) {
    await permit();
    await endOvertaken(octokit, wanted, id);
  }
  return found;
}

/** Null when the check that is there is of an earlier review: a new one takes its place. */
function idOfReview(remoteId: string | null, reviewId: string): number | null {
  const [id = "", review] = remoteId?.split(" ") ?? [];
  return review === reviewId ? Number(id) : null;
}

interface FoundChecks {
  /** That of the review. */
  readonly found: number | null;
  /** Those of other reviews that are open. */
  readonly overtaken: readonly number[];
}

async function findChecks(
  octokit: Octokit,
  { subject, reviewId }: WantedCheck,
  appId: number,
): Promise<FoundChecks> {
  const { owner, name: repo } = subject.place;
  const ofUs = { check_name: CHECK_NAME, app_id: appId, filter: "all" as const };
  const query = { owner, repo, ref: subject.head, ...ofUs, per_page: 100 };
  const checks = await octokit.paginate(octokit.rest.checks.listForRef, query);
  const isOurs = ({ external_id: review }: { readonly external_id: string | null }): boolean =>
    review === reviewId;
  return {
    found: checks.find(isOurs)?.id ?? null,
    overtaken: checks.filter((check) => !isOurs(check) && check.status !== "completed").map(({ id }) => id),
  };
}

async function endOvertaken(
  octokit: Octokit,
  { subject: { place } }: WantedCheck,
  id: number,
): Promise<void> {
  await octokit.rest.checks.update({
    owner: place.owner,
    repo: place.name,
    check_run_id: id,
    status: "completed",
    conclusion: "cancelled",
    output: { title: "looked at again", summary: "Another check of this commit says how it is." },
  });
}

/** How many parts of the findings are there: they are only ever added, a part at a time. */
async function countBatches(octokit: Octokit, { subject, result }: WantedCheck, id: number): Promise<number> {
  const { owner, name: repo } = subject.place;
  const { data } = await octokit.rest.checks.get({ owner, repo, check_run_id: id });
  const batches = annotationBatches(result?.findings ?? []);
  let there = data.output.annotations_count;
  let count = 0;
  for (const batch of batches) {
    there -= batch.length;
    if (there < 0) break;
    count += 1;
  }
  return count;
}

function stateOf(
  { result, page }: Pick<WantedCheck, "result" | "page">,
  { annotations, isLast }: { readonly annotations: readonly Annotation[]; readonly isLast: boolean },
) {
  const link = page === undefined ? {} : { details_url: page };
  if (result === null) return { status: "in_progress" as const, ...link };
  const { title, summary, conclusion, actions = [] } = result;
  const output = {
    title: oneLine(title, TITLE_CHARACTERS_MAX),
    summary: fitMarkdown(summary, SUMMARY_BYTES_MAX, tellsAll(page)),
    annotations: [...annotations],
  };
  return isLast
    ? { status: "completed" as const, conclusion, output, actions: actions.map(buttonOf), ...link }
    : { status: "in_progress" as const, output, ...link };
}

/** What the buttons of a check say: at most 20 characters of a label, 40 of a description. Source: https://docs.github.com/rest/checks/runs#create-a-check-run */
export const BUTTONS: Readonly<
  Record<CheckAction, { readonly label: string; readonly description: string }>
> = {
  "confirm-delete": { label: "Confirm delete", description: "Let the merge remove these workflows" },
  plan: { label: "Plan again", description: "Look at it as it is now" },
  test: { label: "Run tests", description: "Simulate the workflow tests again" },
};

function buttonOf(identifier: CheckAction) {
  return { identifier, ...BUTTONS[identifier] };
}
