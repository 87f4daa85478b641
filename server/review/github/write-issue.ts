import { RequestError, type Octokit } from "octokit";
import { fitMarkdown } from "../fit-text.js";
import { oneLine } from "../one-line.js";
import type { WriteContext } from "../review-host.js";
import type { WantedIssue } from "../wanted-object.js";

const BODY_BYTES_MAX = 65_536;
const TITLE_CHARACTERS_MAX = 256;
const PAGES_MAX = 10;

/**
 * One issue, changed in place, closed and opened again. Before one is made an open one of ours is looked for by its marker: an earlier
 * try may have made it, or a service whose data is lost. Null when there is none and none is wanted.
 */
export async function writeIssue(
  octokit: Octokit,
  wanted: WantedIssue,
  { remoteId, permit, appId }: WriteContext & { readonly appId: number },
): Promise<string | null> {
  const { isOpen } = wanted;
  const state = isOpen
    ? { state: "open" as const }
    : { state: "closed" as const, state_reason: "completed" as const };
  const text = {
    ...repositoryOf(wanted),
    title: oneLine(wanted.title, TITLE_CHARACTERS_MAX),
    body: fitMarkdown(`${markOf(wanted)}\n${wanted.body}`, BODY_BYTES_MAX),
  };
  const known = remoteId ?? (await findIssue(octokit, wanted, appId));
  if (known !== null) {
    await permit();
    try {
      await octokit.rest.issues.update({ ...text, ...state, issue_number: Number(known) });
      return known;
    } catch (error) {
      // Somebody has deleted it.
      if (!(error instanceof RequestError && (error.status === 404 || error.status === 410))) throw error;
    }
  }
  if (!isOpen) return null;
  await permit();
  const { data } = await octokit.rest.issues.create(text);
  return String(data.number);
}

/** An open one that bears our marker; that of another author is not ours. The newest come first. */
async function findIssue(octokit: Octokit, wanted: WantedIssue, appId: number): Promise<string | null> {
  const query = { ...repositoryOf(wanted), state: "open", sort: "created", direction: "desc" } as const;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { data } = await octokit.rest.issues.listForRepo({ ...query, per_page: 100, page });
    const ours = data.find(
      ({ body, performed_via_github_app: app }) =>
        app?.id === appId && body?.startsWith(markOf(wanted)) === true,
    );
    if (ours !== undefined) return String(ours.number);
    if (data.length < 100) break;
  }
  return null;
}

function markOf({ marker }: WantedIssue): string {
  return `<!-- ${marker} -->`;
}

function repositoryOf({ place }: WantedIssue): { readonly owner: string; readonly repo: string } {
  return { owner: place.owner, repo: place.name };
}
