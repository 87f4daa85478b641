import type { HostRepositories } from "@headwater/api";
import { plain, renderTable } from "./table.js";

/** What a host lets the service see, as a table, and how to follow what is not yet. */
export function renderHostRepositories({ repositories }: HostRepositories, columns: number): string {
  const rows = repositories.map(({ fullName, branch, followedAs, isArchived, url }) => [
    plain(fullName),
    plain(branch),
    followedAs.length === 0 ? "–" : plain(followedAs.join(", ")),
    isArchived ? "archived" : plain(url),
  ]);
  const table = renderTable(["REPOSITORY", "BRANCH", "FOLLOWED AS", "URL"], rows, columns);
  const isAnyLeft = repositories.some(({ followedAs, isArchived }) => followedAs.length === 0 && !isArchived);
  return isAnyLeft ? `${table}\nFollow one with: headwater repo add URL\n` : table;
}
