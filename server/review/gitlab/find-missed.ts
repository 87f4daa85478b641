import * as z from "zod";
import type { Place } from "../place.js";
import type { Delivery } from "../review-host.js";
import type { GitlabApi } from "./gitlab-api.js";
import { changeOf, mergeRequest, type MergeRequest } from "./merge-request.js";
import { commandOf } from "./note-command.js";
import { projectPath } from "./project.js";

const OPEN_PAGES_MAX = 20;
const UPDATED_PAGES_MAX = 20;
const NOTE_PAGES_MAX = 5;
/** Whoever asked longer ago than that waits no more. */
const COMMAND_MS = 3_600_000;

const mergeRequests = z.array(mergeRequest);
const notes = z.array(
  z.object({
    id: z.int(),
    body: z.string(),
    system: z.boolean(),
    created_at: z.iso.datetime({ offset: true }),
    author: z.object({ username: z.string() }),
  }),
);

/**
 * What a project has that a webhook may have failed to tell, for GitLab sends none again of itself, and gives a webhook up that fails
 * often: every merge request that is open, those that were ended since then, and what was asked for in notes.
 * @yields a delivery each, which has the same id at each look
 * @throws HostFailure
 */
export async function* findMissed(
  api: GitlabApi,
  place: Place,
  { since, now }: { readonly since: number; readonly now: number },
): AsyncGenerator<Delivery> {
  const path = `${projectPath(place)}/merge_requests`;
  const open = { state: "opened", pagesMax: OPEN_PAGES_MAX };
  for await (const page of api.pages(path, mergeRequests, open))
    for (const seen of page) yield* openChange(seen, place);
  const asked = Math.max(since, now - COMMAND_MS);
  const updated = { state: "all", updated_after: new Date(since).toISOString(), pagesMax: UPDATED_PAGES_MAX };
  for await (const page of api.pages(path, mergeRequests, updated))
    for (const seen of page) {
      if (seen.state === "merged" || seen.state === "closed") yield endedChange(seen, place);
      if (seen.user_notes_count !== 0 && Date.parse(seen.updated_at) >= asked)
        yield* findCommands(api, { place, number: seen.iid, since: asked });
    }
}

function* openChange(seen: MergeRequest, place: Place): Generator<Delivery> {
  const change = changeOf(seen);
  if (change === null) return;
  const { number, head, base } = change;
  yield {
    id: `gitlab open ${place.repositoryId} ${number} ${head} ${base}`,
    event: { kind: "change", place, number, found: { head, base } },
  };
}

function endedChange({ iid: number, state, sha }: MergeRequest, place: Place): Delivery {
  const id = `gitlab ${state} ${place.repositoryId} ${number} ${sha ?? ""}`;
  return { id, event: { kind: "change", place, number } };
}

async function* findCommands(
  api: GitlabApi,
  { place, number, since }: { readonly place: Place; readonly number: number; readonly since: number },
): AsyncGenerator<Delivery> {
  const path = `${projectPath(place)}/merge_requests/${number}/notes`;
  const query = { sort: "desc", order_by: "created_at", pagesMax: NOTE_PAGES_MAX };
  for await (const page of api.pages(path, notes, query)) {
    const recent = page.filter(({ created_at: at }) => Date.parse(at) >= since);
    for (const { id, body: text, author, system, created_at: createdAt } of recent) {
      const command = system
        ? null
        : commandOf({ place, number, id, user: author.username, text, createdAt });
      if (command !== null) yield command;
    }
    if (recent.length < page.length) return;
  }
}
