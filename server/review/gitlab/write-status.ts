import * as z from "zod";
import type { WriteContext } from "../review-host.js";
import { oneLine } from "../one-line.js";
import type { WantedCheck } from "../wanted-object.js";
import type { GitlabApi } from "./gitlab-api.js";
import { GitlabRefusal } from "./gitlab-failure.js";
import { mergeRequest, refOf, type MergeRequest } from "./merge-request.js";
import { projectPath } from "./project.js";

/** What it is called among the jobs of a pipeline. */
export const STATUS_NAME = "headwater";
/** Source: https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
const TEXT_MAX = 255;
const STATES = { success: "success", failure: "failed", cancelled: "canceled" } as const;
const status = z.object({ id: z.int() });

/** Where a status counts. */
interface Target {
  /** Of a project. */
  readonly path: string;
  readonly ref: string;
  readonly pipelineId?: number;
}

/**
 * Gives a commit its status. GitLab shows it at the merge request whose pipeline it is in: that which it has, or else one that is made for
 * the branch of its head. Of a fork that is a branch of the fork; where we may not write there, the project that it is to be merged into
 * has it.
 */
export async function writeStatus(
  api: GitlabApi,
  wanted: WantedCheck,
  { permit }: WriteContext,
): Promise<string> {
  const { subject } = wanted;
  const { place, number, head } = subject;
  const path = projectPath(place);
  const seen = number === null ? null : await api.get(`${path}/merge_requests/${number}`, mergeRequest);
  const { fork, here } = targetsOf(path, subject, seen);
  const body = bodyOf(wanted, seen);
  await permit();
  try {
    return await send(api, { ...(fork ?? here), head }, body);
  } catch (error) {
    const isShut = error instanceof GitlabRefusal && (error.status === 403 || error.status === 404);
    if (!isShut || fork === null) throw error;
  }
  await permit();
  return send(api, { ...here, head }, body);
}

function bodyOf({ result, page }: WantedCheck, seen: MergeRequest | null): Readonly<Record<string, string>> {
  const url = page ?? seen?.web_url ?? "";
  return {
    name: STATUS_NAME,
    ...(url !== "" && url.length <= TEXT_MAX ? { target_url: url } : {}),
    ...(result === null
      ? { state: "running", description: "is being looked at" }
      : { state: STATES[result.conclusion], description: oneLine(result.title, TEXT_MAX) }),
  };
}

/** `fork` goes first, where there is one. */
function targetsOf(
  path: string,
  { base, head }: WantedCheck["subject"],
  seen: MergeRequest | null,
): { readonly fork: Target | null; readonly here: Target } {
  if (seen === null) return { fork: null, here: { path, ref: base } };
  const { head_pipeline: pipeline, source_project_id: source, source_branch: ref } = seen;
  if (source === seen.target_project_id)
    return {
      fork: null,
      here: pipeline?.sha === head ? { path, ref: pipeline.ref, pipelineId: pipeline.id } : { path, ref },
    };
  const fork = source === null ? null : { path: `/projects/${source}`, ref };
  return { fork, here: { path, ref: refOf(seen.iid) } };
}

async function send(
  api: GitlabApi,
  { path, head, ref, pipelineId }: Target & { readonly head: string },
  body: Readonly<Record<string, string>>,
): Promise<string> {
  const whole = { ...body, ref, ...(pipelineId === undefined ? {} : { pipeline_id: pipelineId }) };
  try {
    const { id } = await api.send("POST", `${path}/statuses/${head}`, { body: whole, answer: status });
    return String(id);
  } catch (error) {
    // It is so already: https://gitlab.com/gitlab-org/gitlab-foss/-/issues/25807
    if (
      error instanceof GitlabRefusal &&
      error.status === 400 &&
      /cannot transition status/i.test(error.words)
    )
      return STATUS_NAME;
    throw error;
  }
}
