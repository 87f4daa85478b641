import type { HostRepositories } from "@headwater/api";
import { repositoryKey } from "../../source/remote/repository-url.js";
import type { Store } from "../../store/store.js";

/** What a host lets the service see, and as what each of it is followed. */
export async function listHostRepositories(
  host: string,
  store: Pick<Store, "listHostRepositories" | "listRepositories">,
): Promise<HostRepositories> {
  const [shown, followed] = await Promise.all([store.listHostRepositories(host), store.listRepositories()]);
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
}
