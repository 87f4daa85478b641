import * as z from "zod";
import { isGone, isHopeless, type WriteContext } from "../review-host.js";
import { oneLine } from "../one-line.js";
import { isSameChange, partsOf } from "../shared-check.js";
import type { Subject, WantedCheck } from "../wanted-object.js";
import type { GitlabApi } from "./gitlab-api.js";
import { GitlabRefusal } from "./gitlab-failure.js";
import { mergeRequest, type MergeRequest } from "./merge-request.js";
import { projectPath } from "./project.js";
import {
  findMerged,
  isSame,
  nameOf,
  targetIn,
  targetsOf,
  type Target,
  type Targets,
} from "./status-targets.js";

/** What it is called among the jobs of a pipeline. */
export const STATUS_NAME = "headwater";
/** Source: https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
const TEXT_MAX = 255;
const STATES = { success: "success", failure: "failed", cancelled: "canceled" } as const;
const status = z.object({ id: z.int() });
/**
 * Gives a commit its status. GitLab shows it at the merge request whose pipeline it is in, so that each merge request has one that has
 * the commit as its head: all say the same. One that was begun in a pipeline whose place another one has taken is ended. Returns its id
 * or, while it is running, where it is.
 */
export async function writeStatus(
  api: GitlabApi,
  wanted: WantedCheck,
  { remoteId, permit }: WriteContext,
): Promise<string> {
  const [first, ...others] = await writeAll(api, wanted, permit);
  const begunAt = targetIn(remoteId);
  if (begunAt !== null && ![first, ...others].some(({ at }) => isSame(begunAt, at))) {
    await permit();
    await end(api, begunAt);
  }
  return wanted.result === null ? nameOf(first.at) : first.id;
}

/** A merge request that somebody has deleted keeps none of the others without. @throws HostFailure gone when all are */
async function writeAll(
  api: GitlabApi,
  wanted: WantedCheck,
  permit: WriteContext["permit"],
): Promise<readonly [Written, ...Written[]]> {
  const written: Written[] = [];
  let gone: unknown = null;
  for (const subject of [wanted.subject, ...othersIn(wanted)]) {
    try {
      written.push(await writeOne(api, wanted, { subject, permit }));
    } catch (error) {
      if (!isGone(error)) throw error;
      gone = error;
    }
  }
  const [first, ...others] = written;
  if (first === undefined) throw gone;
  return [first, ...others];
}

/** Whatever GitLab has against that, nobody waits for it any more. */
async function end(api: GitlabApi, begunAt: Target): Promise<void> {
  try {
    await send(api, begunAt, { name: STATUS_NAME, state: "canceled", description: "is in a newer pipeline" });
  } catch (error) {
    if (!(error instanceof GitlabRefusal && isHopeless(error))) throw error;
  }
}

/** While one is looked at nothing is said of others. */
function othersIn(wanted: WantedCheck): readonly Subject[] {
  if (wanted.result === null) return [];
  const subjects = partsOf(wanted).map(({ subject }) => subject);
  return subjects.filter((subject) => !isSameChange(subject, wanted.subject));
}

interface OneOf extends Pick<WriteContext, "permit"> {
  readonly subject: Subject;
}

interface Written {
  readonly id: string;
  readonly at: Target;
}

async function writeOne(api: GitlabApi, wanted: WantedCheck, { subject, permit }: OneOf): Promise<Written> {
  const { place, number } = subject;
  const path = projectPath(place);
  const seen = number === null ? null : await api.get(`${path}/merge_requests/${number}`, mergeRequest);
  const targets = targetsOf(path, subject, seen);
  const merged = seen === null ? null : await findMerged(api, path, { subject, seen });
  const all = merged === null ? targets : ([merged, ...targets] as const);
  return sendFirst(api, all, { body: bodyOf(wanted, seen), permit });
}

/** To the first of them that takes it. */
async function sendFirst(
  api: GitlabApi,
  [at, ...others]: Targets,
  { body, permit }: Pick<WriteContext, "permit"> & { readonly body: ReturnType<typeof bodyOf> },
): Promise<Written> {
  await permit();
  try {
    return { id: await send(api, at, body), at };
  } catch (error) {
    const isShut = error instanceof GitlabRefusal && (error.status === 403 || error.status === 404);
    const [next, ...rest] = others;
    if (!isShut || next === undefined) throw error;
    return sendFirst(api, [next, ...rest], { body, permit });
  }
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

async function send(
  api: GitlabApi,
  { path, sha, ref, pipelineId }: Target,
  body: Readonly<Record<string, string>>,
): Promise<string> {
  const whole = { ...body, ref, ...(pipelineId === null ? {} : { pipeline_id: pipelineId }) };
  try {
    const { id } = await api.send("POST", `${path}/statuses/${sha}`, { body: whole, answer: status });
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
