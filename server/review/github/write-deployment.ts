import type { Octokit } from "octokit";
import { oneLine } from "../one-line.js";
import type { WriteContext } from "../review-host.js";
import type { WantedDeployment } from "../wanted-object.js";

/** Source: https://docs.github.com/rest/deployments/statuses#create-a-deployment-status */
const DESCRIPTION_MAX = 140;

/**
 * Records what became of a commit: a deployment of it, made once, whose last status is the one that counts. It bears our id, by which a
 * try that was cut short finds what it has made.
 */
export async function writeDeployment(
  octokit: Octokit,
  wanted: WantedDeployment,
  { remoteId, mayExist, permit }: WriteContext,
): Promise<string> {
  const known = remoteId ?? (mayExist ? await findDeployment(octokit, wanted) : null);
  if (known !== null && mayExist && (await stateOf(octokit, wanted, known)) === wanted.state) return known;
  if (known === null) await permit();
  const id = known ?? (await makeDeployment(octokit, wanted));
  await permit();
  await octokit.rest.repos.createDeploymentStatus({
    ...repositoryOf(wanted),
    deployment_id: Number(id),
    state: wanted.state,
    description: oneLine(wanted.description, DESCRIPTION_MAX),
    // We say ourselves which one is not in force any more: GitHub would leave those of production.
    auto_inactive: false,
    ...(wanted.url === null ? {} : { environment_url: wanted.url, log_url: wanted.url }),
  });
  return id;
}

async function makeDeployment(octokit: Octokit, wanted: WantedDeployment): Promise<string> {
  const { commit, environment, deploymentId } = wanted;
  const { data } = await octokit.rest.repos.createDeployment({
    ...repositoryOf(wanted),
    ref: commit,
    environment,
    payload: { headwater: deploymentId },
    // It is deployed already, or is not: nothing is to be merged or waited for.
    auto_merge: false,
    required_contexts: [],
  });
  if (!("id" in data)) throw new TypeError(data.message ?? "GitHub has made no deployment");
  return String(data.id);
}

async function findDeployment(octokit: Octokit, wanted: WantedDeployment): Promise<string | null> {
  const { commit: sha, environment, deploymentId } = wanted;
  const query = { ...repositoryOf(wanted), sha, environment, per_page: 100 };
  const { data } = await octokit.rest.repos.listDeployments(query);
  const ours = data.find(
    ({ payload }) => typeof payload === "object" && payload["headwater"] === deploymentId,
  );
  return ours === undefined ? null : String(ours.id);
}

/** The newest comes first. */
async function stateOf(octokit: Octokit, wanted: WantedDeployment, id: string): Promise<string | null> {
  const query = { ...repositoryOf(wanted), deployment_id: Number(id), per_page: 1 };
  const { data } = await octokit.rest.repos.listDeploymentStatuses(query);
  return data[0]?.state ?? null;
}

function repositoryOf({ place }: WantedDeployment): { readonly owner: string; readonly repo: string } {
  return { owner: place.owner, repo: place.name };
}
