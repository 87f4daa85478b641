import * as z from "zod";
import type { Change } from "../review-host.js";

/** Source: https://docs.gitlab.com/api/merge_requests/#retrieve-a-merge-request */
export const mergeRequest = z.object({
  iid: z.int(),
  /** `locked` while it is being merged. */
  state: z.enum(["opened", "closed", "merged", "locked"]),
  /** Of the head; null as long as there is none. */
  sha: z.string().nullable(),
  source_branch: z.string(),
  target_branch: z.string(),
  /** Null when the fork is deleted, or not for us to see. */
  source_project_id: z.int().nullable(),
  target_project_id: z.int(),
  web_url: z.string(),
  /** A new note counts as well. */
  updated_at: z.iso.datetime({ offset: true }),
  user_notes_count: z.int().nullish(),
  head_pipeline: z.object({ id: z.int(), sha: z.string(), ref: z.string() }).nullish(),
});
export type MergeRequest = z.output<typeof mergeRequest>;

/** Null when it has no head: there is nothing to look at. */
export function changeOf(seen: MergeRequest): Change | null {
  const { iid: number, sha: head, state, target_branch: base } = seen;
  if (head === null) return null;
  return {
    number,
    isOpen: state === "opened" || state === "locked",
    isMerged: state === "merged",
    isFork: seen.source_project_id !== seen.target_project_id,
    head,
    ref: refOf(number),
    base,
  };
}

/** What a pipeline of merged results is of. */
export function mergedRefOf(number: number): string {
  return `refs/merge-requests/${number}/merge`;
}

/** Where the head of a merge request is shown in the project that it is to be merged into, also of a fork. */
export function refOf(number: number): string {
  return `refs/merge-requests/${number}/head`;
}
