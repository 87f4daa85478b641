import type { Deployment } from "@headwater/api";
import { ServiceError } from "../../errors.js";
import type { ListedDeployment, Store } from "../../store/store.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

type DeploymentHandlers = Pick<
  Handlers,
  | "listDeployments"
  | "confirmDeployment"
  | "listPins"
  | "pinEnvironment"
  | "unpinEnvironment"
  | "compareCommits"
  | "readSources"
>;

/** Deployments: what became of each commit, and what people decide of them. */
export function deploymentRoutes({ store, registry }: HttpDependencies): DeploymentHandlers {
  return {
    async listDeployments({ query: { project, environment, repositoryId, commit, limit } }) {
      const rows = await store.listDeployments({
        limit,
        ...(project === undefined ? {} : { project }),
        ...(environment === undefined ? {} : { environment }),
        ...(repositoryId === undefined ? {} : { repositoryId }),
        ...(commit === undefined ? {} : { named: commit }),
      });
      return { deployments: await deploymentAnswers(store, rows) };
    },
    confirmDeployment: async ({ params, body }) => answerTo(store, await registry.confirm(params.id, body)),
    listPins: async ({ query: { project, limit } }) => ({
      pins: await store.listPins({ limit, ...(project === undefined ? {} : { project }) }),
    }),
    pinEnvironment: async ({ params, query, body: { commit, ...actor } }) =>
      answerTo(store, await registry.pin({ ...params, ...query }, commit, actor)),
    unpinEnvironment: async ({ params, query, body }) =>
      answerTo(store, await registry.unpin({ ...params, ...query }, body)),
    readSources: async ({ params, query }) => registry.readSources({ ...params, ...query }),
    compareCommits: async ({ params, query: { workflow, from, to, environment } }) =>
      registry.compare({
        ...params,
        environment,
        ...(workflow === undefined ? {} : { workflow }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }),
  };
}

/** As it is on record, with what has become of it since. */
async function answerTo(store: Store, { id }: { readonly id: string }): Promise<Deployment> {
  const rows = await store.listDeployments({ named: id, limit: 1 });
  const [answer] = await deploymentAnswers(store, rows);
  if (answer !== undefined) return answer;
  throw new ServiceError("not-found", `Cannot find deployment "${id}": there is none`);
}

async function deploymentAnswers(
  store: Store,
  rows: readonly ListedDeployment[],
): Promise<readonly Deployment[]> {
  const brought = new Map<string, { workflow: string; number: number }[]>(rows.map(({ id }) => [id, []]));
  for (const { deploymentId, workflow, versionNumber } of await store.listBroughtVersions([
    ...brought.keys(),
  ]))
    brought.get(deploymentId)?.push({ workflow, number: versionNumber });
  return rows.map(({ outdated, ...row }) => ({
    ...row,
    status: outdated ?? row.status,
    versions: brought.get(row.id) ?? [],
  }));
}
