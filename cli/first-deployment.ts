import type { Client, Deployment, Repository } from "@headwater/api";
import type { Io } from "./io.js";

/** What became of a repository's first commit, as far as it is known. */
export interface FirstDeployment {
  /** As it is now. */
  readonly repository: Repository;
  /** Null when there is none: `repository.problem` says why, or it is not decided yet. */
  readonly deployment: Deployment | null;
}

/** How long a person is made to wait for it; the service has waited a while already when it answers. */
const WAIT_MS_MAX = 20_000;
const ASK_EVERY_MS = 250;

/** Waits until a repository that was added is deployed, refused or cannot be followed, or for 20 s. @throws ApiError */
export async function awaitFirstDeployment(
  client: Client,
  added: Repository,
  { now, pause }: Pick<Io, "now" | "pause">,
): Promise<FirstDeployment> {
  const deadline = now() + WAIT_MS_MAX;
  for (let repository = added; ; repository = await readAgain(client, added)) {
    const { deployments } = await client.listDeployments({ query: { repositoryId: added.id, limit: 1 } });
    const deployment = deployments[0] ?? null;
    if (deployment !== null || repository.problem !== null || now() >= deadline)
      return { repository, deployment };
    await pause(ASK_EVERY_MS);
  }
}

function readAgain(client: Client, { id }: Repository): Promise<Repository> {
  return client.getRepository({ params: { name: id } });
}
