import * as z from "zod";
import { fitText } from "../fit-text.js";
import type { WriteContext } from "../review-host.js";
import type { WantedComment, WantedReaction } from "../wanted-object.js";
import type { GitlabApi } from "./gitlab-api.js";
import { GitlabRefusal } from "./gitlab-failure.js";
import { findingsInWords, gitlabMarkdown } from "./gitlab-markdown.js";
import { projectPath } from "./project.js";

/** Source: https://docs.gitlab.com/api/notes/#create-a-merge-request-note */
const NOTE_BYTES_MAX = 1_000_000;
const PAGES_MAX = 10;
const EMOJI = {
  eyes: "eyes",
  "+1": "thumbsup",
  rocket: "rocket",
  confused: "confused",
  "-1": "thumbsdown",
} as const satisfies Readonly<Record<WantedReaction["reaction"], string>>;

const written = z.object({ id: z.int() });
const notes = z.array(z.object({ id: z.int(), body: z.string(), author: z.object({ id: z.int() }) }));

export interface NoteContext extends WriteContext {
  /** The user whose token it is. */
  readonly self: number;
  /** Of the GitLab. */
  readonly url: string;
}

/** One note, edited in place. Whose marker it bears and whose author is another one is not ours. */
export async function writeNote(
  api: GitlabApi,
  wanted: WantedComment,
  context: NoteContext,
): Promise<string> {
  const path = `${projectPath(wanted.place)}/merge_requests/${wanted.number}/notes`;
  const body = textOf(wanted, context.url);
  const known = context.remoteId ?? (await findNote(api, path, { ...wanted, self: context.self }));
  await context.permit();
  if (known !== null) {
    try {
      await api.send("PUT", `${path}/${known}`, { body: { body }, answer: written });
      return known;
    } catch (error) {
      // Somebody has deleted it, or it is of another user, whose token we had before.
      if (!(error instanceof GitlabRefusal && (error.status === 404 || error.status === 403))) throw error;
      await context.permit();
    }
  }
  const { id } = await api.send("POST", path, { body: { body }, answer: written });
  return String(id);
}

function textOf({ marker, body, findings, place }: WantedComment, url: string): string {
  const found = findings === undefined ? "" : findingsInWords(findings, place, url);
  return fitText(`<!-- ${marker} -->\n${gitlabMarkdown(`${body}\n${found}`)}`, NOTE_BYTES_MAX);
}

async function findNote(
  api: GitlabApi,
  path: string,
  { marker, self }: Pick<WantedComment, "marker"> & { readonly self: number },
): Promise<string | null> {
  const query = { sort: "asc", order_by: "created_at", pagesMax: PAGES_MAX };
  for await (const page of api.pages(path, notes, query)) {
    const ours = page.find(({ author, body }) => author.id === self && body.startsWith(`<!-- ${marker} -->`));
    if (ours !== undefined) return String(ours.id);
  }
  return null;
}

/** Says that a note was read; twice is once. */
export async function writeAward(
  api: GitlabApi,
  { place, number, commentId, reaction }: WantedReaction,
  { permit }: WriteContext,
): Promise<string> {
  const path = `${projectPath(place)}/merge_requests/${number}/notes/${commentId}/award_emoji`;
  await permit();
  try {
    const body = { name: EMOJI[reaction] };
    return String((await api.send("POST", path, { body, answer: written })).id);
  } catch (error) {
    if (error instanceof GitlabRefusal && /already been taken/i.test(error.words)) return EMOJI[reaction];
    throw error;
  }
}
