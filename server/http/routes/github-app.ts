import type { Handlers } from "../handler.js";
import { NEW_APP_PATH } from "../github-app-pages.js";
import type { HttpDependencies } from "../http-dependencies.js";

/** The App that reviews pull requests, and making one. */
export function githubAppRoutes({
  review,
  config,
}: HttpDependencies): Pick<Handlers, "getGithubApp" | "createGithubApp"> {
  return {
    getGithubApp: async () => ({ app: review.describeApp() }),
    async createGithubApp({ body: { enterprise = null, organization = null } }) {
      const { state, endsAt } = review.beginApp({ enterprise, organization });
      return { url: `${config.publicUrl ?? ""}${NEW_APP_PATH}?state=${state}`, endsAt };
    },
  };
}
