import type { Client, Deployment, Repository } from "@headwater/api";
import type { Io } from "./io.js";

/** What became of a repository's first commit, or of its head, as far as it is known. */
export interface FirstDeployment {
  /** As it is now. */
  readonly repository: Repository;
  /** Null when there is none: `repository.problem` says why, or it is not decided yet. */
  readonly deployment: Deployment | null;
}

/** How long a person is made to wait for it; the service has waited a while already when it answers. */
const WAIT_MS_MAX = 20_000;
const ASK_EVERY_MS = 250;

/** Waits until a repository that was added is deployed, refused or cannot be followed; for 20 s, or until it is. @throws ApiError */
export function awaitFirstDeployment(
  client: Client,
  added: Repository,
  { isEndless, ...io }: Timing & { readonly isEndless: boolean },
): Promise<FirstDeployment> {
  return awaitDeployment(client, added, { isEndless, isMeant: () => true, ...io });
}

/** The same of the head that a repository has now, which may have been decided on before. @throws ApiError */
export function awaitHead(client: Client, changed: Repository, io: Timing): Promise<FirstDeployment> {
  const isMeant = (repository: Repository, { branch, commit }: Deployment): boolean =>
    commit === repository.headCommit && (branch ?? repository.branch) === repository.branch;
  return awaitDeployment(client, changed, { isEndless: false, isMeant, ...io });
}

type Timing = Pick<Io, "now" | "pause">;

async function awaitDeployment(
  client: Client,
  asked: Repository,
  options: Timing & {
    readonly isEndless: boolean;
    readonly isMeant: (repository: Repository, newest: Deployment) => boolean;
  },
): Promise<FirstDeployment> {
  const { now, pause, isMeant, isEndless } = options;
  const deadline = isEndless ? Number.POSITIVE_INFINITY : now() + WAIT_MS_MAX;
  for (let repository = asked; ; repository = await readAgain(client, asked)) {
    const { deployments } = await client.listDeployments({ query: { repositoryId: asked.id, limit: 1 } });
    const [newest] = deployments;
    const deployment = newest !== undefined && isMeant(repository, newest) ? newest : null;
    if (deployment !== null || repository.problem !== null || now() >= deadline)
      return { repository, deployment };
    await pause(ASK_EVERY_MS);
  }
}

function readAgain(client: Client, { id }: Repository): Promise<Repository> {
  return client.getRepository({ params: { name: id } });
}
