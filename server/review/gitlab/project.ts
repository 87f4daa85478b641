import * as z from "zod";
import { repositoryKey } from "../../source/remote/repository-url.js";
import type { HostRepositoryRow } from "../../store/host-repositories.js";
import type { NamedPlace, Place } from "../place.js";

/** There is one token, and what it may see is all that we are let see. */
export const ACCOUNT = "gitlab";

/** Source: https://docs.gitlab.com/api/projects/#retrieve-a-project */
export const project = z.object({
  id: z.int(),
  path_with_namespace: z.string(),
  http_url_to_repo: z.string(),
  ssh_url_to_repo: z.string().nullish(),
  default_branch: z.string().nullish(),
  archived: z.boolean().nullish(),
  visibility: z.enum(["private", "internal", "public"]).nullish().catch(null),
});
export type Project = z.output<typeof project>;

/** Where a project is. */
export function placeOf({ id, path_with_namespace: path, http_url_to_repo: cloneUrl }: Project): Place {
  return { ...namedPlaceOf(path), repositoryId: String(id), cloneUrl };
}

/** @param path with all its groups: `acme/data/flows` */
export function namedPlaceOf(path: string): NamedPlace {
  const at = path.lastIndexOf("/");
  return { account: ACCOUNT, owner: path.slice(0, Math.max(at, 0)), name: path.slice(at + 1) };
}

/** As a list of what we are let see has it. */
export function rowOf(seen: Project): HostRepositoryRow {
  return {
    account: ACCOUNT,
    id: String(seen.id),
    fullName: seen.path_with_namespace,
    cloneUrl: seen.http_url_to_repo,
    sshUrl: seen.ssh_url_to_repo ?? seen.http_url_to_repo,
    // None as long as nothing was pushed.
    branch: seen.default_branch ?? "",
    isArchived: seen.archived === true,
    visibility: seen.visibility ?? null,
  };
}

/** Begins what is asked of a project: by its number where that is known, for that outlives names. */
export function projectPath(place: NamedPlace | Place): string {
  const id = "repositoryId" in place ? place.repositoryId : `${place.owner}/${place.name}`;
  return `/projects/${encodeURIComponent(id)}`;
}

/**
 * Which project a URL is of, by HTTPS or ssh, at that GitLab, which may be below a path. Null when it is elsewhere: an address of
 * somebody else's is never looked up by its path.
 */
export function projectAt(url: string, gitlabUrl: string): NamedPlace | null {
  const [host = "", ...parts] = repositoryKey(url).split("/");
  const { hostname, pathname } = new URL(gitlabUrl);
  if (hostnameOf(host) !== hostname) return null;
  const path = parts.join("/");
  const root = pathname.replaceAll(/^\/|\/$/g, "").toLowerCase();
  const below = root !== "" && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  return below.includes("/") ? namedPlaceOf(below) : null;
}

/** `altssh.gitlab.com` is where ssh of gitlab.com is reached through a firewall. */
function hostnameOf(host: string): string | null {
  const url = `git://${host}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^(?:alt)?ssh\./, "") : null;
}
