import * as z from "zod";
import { fitText } from "../fit-text.js";
import { oneLine } from "../one-line.js";
import type { WriteContext } from "../review-host.js";
import type { WantedIssue } from "../wanted-object.js";
import type { GitlabApi } from "./gitlab-api.js";
import { GitlabRefusal } from "./gitlab-failure.js";
import { gitlabMarkdown } from "./gitlab-markdown.js";
import { projectPath } from "./project.js";

/** Source: https://docs.gitlab.com/api/issues/#create-an-issue */
const TITLE_MAX = 255;
const DESCRIPTION_BYTES_MAX = 1_000_000;
const PAGES_MAX = 10;

const issue = z.object({ iid: z.int() });
const issues = z.array(z.object({ iid: z.int(), description: z.string().nullable() }));

/**
 * One issue, changed in place, closed and opened again. Before one is made an open one of ours is looked for by its marker: an earlier
 * try may have made it, or a service whose data is lost. Null when there is none and none is wanted.
 */
export async function writeIssue(
  api: GitlabApi,
  wanted: WantedIssue,
  { remoteId, permit, self }: WriteContext & { readonly self: number },
): Promise<string | null> {
  const path = `${projectPath(wanted.place)}/issues`;
  const { isOpen } = wanted;
  const text = {
    title: oneLine(wanted.title, TITLE_MAX),
    description: fitText(`${markOf(wanted)}\n${gitlabMarkdown(wanted.body)}`, DESCRIPTION_BYTES_MAX),
  };
  const known = remoteId ?? (await findIssue(api, path, { wanted, self }));
  if (known !== null) {
    await permit();
    try {
      const body = { ...text, state_event: isOpen ? "reopen" : "close" };
      await api.send("PUT", `${path}/${known}`, { body, answer: issue });
      return known;
    } catch (error) {
      // Somebody has deleted it.
      if (!(error instanceof GitlabRefusal && error.status === 404)) throw error;
    }
  }
  if (!isOpen) return null;
  await permit();
  return String((await api.send("POST", path, { body: text, answer: issue })).iid);
}

/** An open one of ours that bears the marker. The newest come first. */
async function findIssue(
  api: GitlabApi,
  path: string,
  { wanted, self }: { readonly wanted: WantedIssue; readonly self: number },
): Promise<string | null> {
  const query = { state: "opened", author_id: self, order_by: "created_at", sort: "desc", scope: "all" };
  for await (const page of api.pages(path, issues, { ...query, pagesMax: PAGES_MAX })) {
    const ours = page.find(({ description }) => description?.startsWith(markOf(wanted)) === true);
    if (ours !== undefined) return String(ours.iid);
  }
  return null;
}

function markOf({ marker }: WantedIssue): string {
  return `<!-- ${marker} -->`;
}
