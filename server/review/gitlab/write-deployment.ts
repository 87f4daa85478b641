import * as z from "zod";
import type { WriteContext } from "../review-host.js";
import type { HostDeploymentState, WantedDeployment } from "../wanted-object.js";
import type { GitlabApi } from "./gitlab-api.js";
import { projectPath } from "./project.js";

/** One that is held is under way. Source: https://docs.gitlab.com/api/deployments/#create-a-deployment */
const STATES: Readonly<Record<Exclude<HostDeploymentState, "inactive">, string>> = {
  success: "success",
  failure: "failed",
  queued: "running",
};

const deployment = z.object({ id: z.int(), sha: z.string(), status: z.string() });
const deployments = z.array(deployment);

/**
 * Records what became of a commit: a deployment in the environment of that name. GitLab says itself that another one has taken the place
 * of one that succeeded. Null when there is none and none is needed.
 */
export async function writeDeployment(
  api: GitlabApi,
  wanted: WantedDeployment,
  { remoteId, mayExist, permit }: WriteContext,
): Promise<string | null> {
  const path = `${projectPath(wanted.place)}/deployments`;
  const known = remoteId ?? (mayExist ? await findLatest(api, path, wanted) : null);
  if (known === null && wanted.state === "inactive") return null;
  if (known === null) {
    await permit();
    const { commit: sha, environment, branch: ref, state } = wanted;
    const status = state === "inactive" ? "canceled" : STATES[state];
    const body = { environment, sha, ref, tag: false, status };
    return String((await api.send("POST", path, { body, answer: deployment })).id);
  }
  const next = nextOf(wanted.state, (await api.get(`${path}/${known}`, deployment)).status);
  if (next === null) return known;
  await permit();
  await api.send("PUT", `${path}/${known}`, { body: { status: next }, answer: deployment });
  return known;
}

/** Null where it stays: what is as wanted, and what has ended and is only not in force any more. */
function nextOf(state: HostDeploymentState, now: string): string | null {
  if (state !== "inactive") return STATES[state] === now ? null : STATES[state];
  return now === "running" || now === "created" ? "canceled" : null;
}

/** Nothing of ours can be kept with it, so that only the latest of the environment may be what an earlier try has made. */
async function findLatest(
  api: GitlabApi,
  path: string,
  { environment, commit }: WantedDeployment,
): Promise<string | null> {
  const query = { environment, order_by: "id", sort: "desc", per_page: 1 };
  const [latest] = await api.get(path, deployments, query);
  return latest?.sha === commit ? String(latest.id) : null;
}
