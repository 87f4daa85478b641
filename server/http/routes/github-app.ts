import type { Handlers } from "../handler.js";
import { NEW_APP_PATH } from "../github-app-pages.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { listHostRepositories } from "./host-repositories.js";

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
    listGithubRepositories: () => listHostRepositories("github", store),
  };
}
