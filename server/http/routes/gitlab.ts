import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { listHostRepositories } from "./host-repositories.js";

/** The GitLab whose merge requests are reviewed, and what the service may see there. */
export function gitlabRoutes({
  gitlab,
  store,
}: HttpDependencies): Pick<Handlers, "getGitlab" | "listGitlabRepositories"> {
  return {
    async getGitlab() {
      const described = gitlab.describe();
      if (described === null) return { gitlab: null };
      const { owner, ...facts } = described;
      return {
        gitlab: {
          ...facts,
          user: owner?.username ?? null,
          expiresOn: owner?.expiresOn ?? null,
          missing: [...(owner?.missing ?? [])],
        },
      };
    },
    listGitlabRepositories: () => listHostRepositories("gitlab", store),
  };
}
