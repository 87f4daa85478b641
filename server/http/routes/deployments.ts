import { DEFAULT_ENVIRONMENT, type Deployment } from "@headwater/api";
import { ServiceError } from "../../errors.js";
import type { EnvironmentRow } from "../../store/environment-row.js";
import type { ListedDeployment, Store } from "../../store/store.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

type DeploymentHandlers = Pick<
  Handlers,
  | "listDeployments"
  | "listEnvironments"
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
      const of = {
        limit,
        ...(project === undefined ? {} : { project }),
        ...(environment === undefined ? {} : { environment }),
        ...(repositoryId === undefined ? {} : { repositoryId }),
      };
      const rows = await store.listDeployments({ ...of, ...(commit === undefined ? {} : { named: commit }) });
      // Of one commit it is told what became of it, and not of all that happened since.
      const sourceEvents = commit === undefined ? await listSourceEvents(store, rows, of) : [];
      return { deployments: await deploymentAnswers(store, rows), sourceEvents };
    },
    listEnvironments: async () => ({ environments: countProjects(await store.listEnvironments()) }),
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

/** What happened in the time that the rows tell of; where all of them are told, ever. */
function listSourceEvents(
  store: Store,
  rows: readonly ListedDeployment[],
  of: Omit<Parameters<Store["listSourceEvents"]>[0], "after">,
): ReturnType<Store["listSourceEvents"]> {
  const oldest = rows.length < of.limit ? undefined : rows.at(-1);
  return store.listSourceEvents({ after: oldest?.endedAt ?? 0, ...of });
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

/** Of a project an environment is told once. */
function countProjects(
  rows: readonly EnvironmentRow[],
): { readonly name: string; readonly projects: number }[] {
  const projects = new Map<string, number>();
  for (const { environment } of rows) projects.set(environment, (projects.get(environment) ?? 0) + 1);
  const isOther = (name: string): number => (name === DEFAULT_ENVIRONMENT ? 0 : 1);
  return [...projects]
    .map(([name, count]) => ({ name, projects: count }))
    .sort((one, other) => isOther(one.name) - isOther(other.name) || (one.name < other.name ? -1 : 1));
}
