import type { Repository } from "@headwater/api";
import { unknownRepository } from "../../source/unknown-repository.js";
import type { RepositoryRow, Store } from "../../store/store.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { listBeside, repositoryAnswer } from "../repository-answer.js";

type RepositoryHandlers = Pick<
  Handlers,
  | "listRepositories"
  | "addRepository"
  | "changeRepository"
  | "getRepository"
  | "removeRepository"
  | "syncRepository"
>;

/** Repositories: what the service follows. */
export function repositoryRoutes({ store, source }: HttpDependencies): RepositoryHandlers {
  const answer = async (row: RepositoryRow): Promise<Repository> =>
    repositoryAnswer(store, row, await listBeside(store, source));
  return {
    async listRepositories() {
      const beside = await listBeside(store, source);
      return {
        repositories: await Promise.all(beside.rows.map((row) => repositoryAnswer(store, row, beside))),
      };
    },
    addRepository: async ({ body }) => answer(await source.addRepository(body)),
    changeRepository: async ({ params, body }) => answer(await source.changeRepository(params.name, body)),
    getRepository: async ({ params }) => answer(await findRepository(store, params.name)),
    async removeRepository({ params }) {
      const { id, name } = await findRepository(store, params.name);
      await source.removeRepository(id);
      return { removed: name };
    },
    syncRepository: async ({ params }) => answer(await source.syncRepository(params.name)),
  };
}

async function findRepository(store: Store, nameOrId: string): Promise<RepositoryRow> {
  const rows = await store.listRepositories();
  const row = rows.find(({ name, id }) => name === nameOrId || id === nameOrId);
  if (row !== undefined) return row;
  throw unknownRepository(nameOrId);
}
