import { repositoryKey } from "../../source/remote/repository-url.js";
import type { Handlers } from "../handler.js";
import { NEW_APP_PATH } from "../github-app-pages.js";
import type { HttpDependencies } from "../http-dependencies.js";

/** The App that reviews pull requests, making one, and what it is installed on. */
export function githubAppRoutes({
  review,
  config,
  store,
}: HttpDependencies): Pick<Handlers, "getGithubApp" | "createGithubApp" | "listGithubRepositories"> {
  return {
    getGithubApp: async () => ({
      app: review.describeApp(),
      installations: review.accounts.map(({ name, url, isSuspended, missing }) => ({
        name,
        url,
        isSuspended,
        missing: [...missing],
      })),
    }),
    async createGithubApp({ body: { enterprise = null, organization = null } }) {
      const { state, endsAt } = review.beginApp({ enterprise, organization });
      return { url: `${config.publicUrl ?? ""}${NEW_APP_PATH}?state=${state}`, endsAt };
    },
    async listGithubRepositories() {
      const [shown, followed] = await Promise.all([
        store.listHostRepositories("github"),
        store.listRepositories(),
      ]);
      return {
        repositories: shown.map(({ fullName, cloneUrl: url, branch, isArchived }) => ({
          fullName,
          url,
          branch,
          isArchived,
          followedAs: followed
            .filter((row) => repositoryKey(row.url) === repositoryKey(url))
            .map(({ name }) => name),
        })),
      };
    },
  };
}
