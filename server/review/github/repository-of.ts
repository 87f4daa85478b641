import { repositoryKey } from "../../source/remote/repository-url.js";

/**
 * Which repository a URL is of, by HTTPS or ssh, at the GitHub that has this API. Null when it is elsewhere: an address of somebody
 * else's is never looked up by its path.
 */
export function repositoryOf(
  url: string,
  apiUrl: string,
): { readonly owner: string; readonly name: string } | null {
  const [host = "", owner, name, ...more] = repositoryKey(url).split("/");
  if (owner === undefined || name === undefined || more.length > 0) return null;
  return hostOf(`git://${host}`) === hostOf(apiUrl) ? { owner, name } : null;
}

/** `api.github.com` is the API of `github.com`, where `ssh.github.com` also is; Enterprise has all of it at one name. */
function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^(?:api|ssh)\./, "") : null;
}
