import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

/** Deployments: what became of each commit. */
export function deploymentRoutes({ store }: HttpDependencies): Pick<Handlers, "listDeployments"> {
  return {
    async listDeployments({ query: { project, repositoryId, limit } }) {
      const deployments = await store.listDeployments({
        limit,
        ...(project === undefined ? {} : { project }),
        ...(repositoryId === undefined ? {} : { repositoryId }),
      });
      return {
        deployments: deployments.map(({ outdated, ...row }) => ({ ...row, status: outdated ?? row.status })),
      };
    },
  };
}
