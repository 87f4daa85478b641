import * as z from "zod";
import { isGone } from "../review-host.js";
import type { Subject } from "../wanted-object.js";
import type { GitlabApi } from "./gitlab-api.js";
import { mergedRefOf, refOf, type MergeRequest } from "./merge-request.js";

const commit = z.object({ parent_ids: z.array(z.string()) });
/** Where a status counts: in which project, of which commit, in which pipeline, which may be found by its ref alone. */
const target = z.object({
  path: z.string(),
  sha: z.string(),
  ref: z.string(),
  pipelineId: z.int().nullable(),
});
export type Target = Readonly<z.output<typeof target>>;

/** The best first. */
export type Targets = readonly [Target, ...Target[]];

/**
 * The pipeline that its head has, or else one that is made for its branch. Of a fork that is a branch of the fork; where we may not write
 * there, the project that it is to be merged into has it.
 */
export function targetsOf(path: string, { base, head: sha }: Subject, seen: MergeRequest | null): Targets {
  const pipelineId = null;
  if (seen === null) return [{ path, sha, ref: base, pipelineId }];
  const { head_pipeline: pipeline, source_project_id: source, source_branch: ref } = seen;
  if (source === seen.target_project_id) {
    const isOfHead = pipeline?.sha === sha;
    return [
      isOfHead ? { path, sha, ref: pipeline.ref, pipelineId: pipeline.id } : { path, sha, ref, pipelineId },
    ];
  }
  const here = { path, sha, ref: refOf(seen.iid), pipelineId };
  return source === null ? [here] : [{ path: `/projects/${source}`, sha, ref, pipelineId }, here];
}

/**
 * The pipeline of merged results that it has. GitLab runs it with a commit of its own, and takes it for that of the head, which is one of
 * the two that it has merged. A status is put into a pipeline by the pipeline's own commit, so that one of the head would count for
 * nothing. Null when there is none, or when it is of an earlier head.
 * Sources: https://docs.gitlab.com/ci/pipelines/merged_results_pipelines/, https://docs.gitlab.com/ci/ci_cd_for_external_repos/external_commit_statuses/
 */
export async function findMerged(
  api: GitlabApi,
  path: string,
  {
    subject,
    seen: { iid, head_pipeline: pipeline },
  }: { readonly subject: Subject; readonly seen: MergeRequest },
): Promise<Target | null> {
  if (pipeline?.ref !== mergedRefOf(iid)) return null;
  const { sha, ref, id: pipelineId } = pipeline;
  try {
    const { parent_ids: parents } = await api.get(`${path}/repository/commits/${sha}`, commit);
    return parents.includes(subject.head) ? { path, sha, ref, pipelineId } : null;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** What a place is remembered by, see `targetIn`. */
export function nameOf({ path, sha, ref, pipelineId }: Target): string {
  return JSON.stringify({ path, sha, ref, pipelineId });
}

/** Whoever found it by its ref alone may know by now which pipeline that is. */
export function isSame(one: Target, other: Target): boolean {
  const ids = [one.pipelineId, other.pipelineId];
  const isSamePipeline = ids.includes(null) || one.pipelineId === other.pipelineId;
  return isSamePipeline && one.path === other.path && one.sha === other.sha && one.ref === other.ref;
}

/** Where one is running, as it was returned; null where none is. */
export function targetIn(remoteId: string | null): Target | null {
  if (remoteId?.startsWith("{") !== true) return null;
  return target.safeParse(JSON.parse(remoteId)).data ?? null;
}
