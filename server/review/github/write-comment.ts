import type { Octokit } from "octokit";
import { fitMarkdown } from "../fit-text.js";
import type { WriteContext } from "../review-host.js";
import type { WantedComment, WantedReaction } from "../wanted-object.js";

const COMMENT_BYTES_MAX = 65_536;
const PAGES_MAX = 10;

/** One comment, edited in place. Whose marker it bears and whose author is another one is not ours. */
export async function writeComment(
  octokit: Octokit,
  { place, number, marker, body }: WantedComment,
  { remoteId, permit, appId }: WriteContext & { readonly appId: number },
): Promise<string> {
  const repository = { owner: place.owner, repo: place.name };
  const text = fitMarkdown(`<!-- ${marker} -->\n${body}`, COMMENT_BYTES_MAX);
  const known =
    remoteId ?? (await findComment(octokit, { ...repository, issue_number: number }, { marker, appId }));
  await permit();
  if (known !== null) {
    try {
      await octokit.rest.issues.updateComment({ ...repository, comment_id: Number(known), body: text });
      return known;
    } catch (error) {
      // Somebody has deleted it.
      if (!("status" in Object(error)) || (error as { readonly status: unknown }).status !== 404) throw error;
      await permit();
    }
  }
  const { data } = await octokit.rest.issues.createComment({
    ...repository,
    issue_number: number,
    body: text,
  });
  return String(data.id);
}

/** Says that a comment was read; twice is once. */
export async function writeReaction(
  octokit: Octokit,
  { place, commentId, reaction }: WantedReaction,
  { permit }: WriteContext,
): Promise<string> {
  await permit();
  const { data } = await octokit.rest.reactions.createForIssueComment({
    owner: place.owner,
    repo: place.name,
    comment_id: Number(commentId),
    content: reaction,
  });
  return String(data.id);
}

async function findComment(
  octokit: Octokit,
  issue: { readonly owner: string; readonly repo: string; readonly issue_number: number },
  { marker, appId }: { readonly marker: string; readonly appId: number },
): Promise<string | null> {
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { data } = await octokit.rest.issues.listComments({ ...issue, per_page: 100, page });
    const ours = data.find(
      ({ body = "", performed_via_github_app: app }) =>
        app?.id === appId && body.startsWith(`<!-- ${marker} -->`),
    );
    if (ours !== undefined) return String(ours.id);
    if (data.length < 100) break;
  }
  return null;
}
