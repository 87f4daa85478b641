import type { Subject } from "./wanted-object.js";

/** What stands before the number of a change, behind the address of its repository. */
const PATHS: Readonly<Record<string, string>> = { github: "pull", gitlab: "-/merge_requests" };

/** Where people see a change at its host; null of a commit of a merge queue, and where nobody knows. */
export function changeUrl(host: string, { place, number }: Pick<Subject, "place" | "number">): string | null {
  const path = PATHS[host];
  if (number === null || path === undefined || !/^https?:\/\//i.test(place.cloneUrl)) return null;
  return `${place.cloneUrl.replace(/\.git$/, "")}/${path}/${number}`;
}
