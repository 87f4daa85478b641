import type { Octokit } from "octokit";
import type { HostRepositoryRow, Visibility } from "../../store/host-repositories.js";
import type { HostAccount } from "../review-host.js";
import { APP_PERMISSIONS } from "./app-manifest.js";

const PAGE = 100;
/** 10,000 installations, or repositories of one. */
const PAGES_MAX = 100;
const LEVELS = ["none", "read", "write", "admin"];

/** Every installation of the App, as the App. Source: https://docs.github.com/rest/apps/apps#list-installations-for-the-authenticated-app */
export async function listInstallations(octokit: Octokit): Promise<readonly HostAccount[]> {
  const found: HostAccount[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { data } = await octokit.rest.apps.listInstallations({ per_page: PAGE, page });
    found.push(
      ...data.map(({ id, account, html_url: url, suspended_at: suspendedAt, permissions }) => ({
        account: String(id),
        name: nameOf(account),
        url,
        isSuspended: suspendedAt !== null,
        missing: missingIn(permissions),
      })),
    );
    if (data.length < PAGE) break;
  }
  return found;
}

/** What an installation lets the App see, as that installation. Source: https://docs.github.com/rest/apps/installations#list-repositories-accessible-to-the-app-installation */
export async function listInstalled(
  octokit: Octokit,
  account: string,
): Promise<readonly HostRepositoryRow[]> {
  const found: HostRepositoryRow[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { data } = await octokit.rest.apps.listReposAccessibleToInstallation({ per_page: PAGE, page });
    found.push(
      ...data.repositories.map((repository) => ({
        account,
        id: String(repository.id),
        fullName: repository.full_name,
        cloneUrl: repository.clone_url,
        sshUrl: repository.ssh_url,
        branch: repository.default_branch,
        isArchived: repository.archived,
        visibility: visibilityOf(repository),
      })),
    );
    if (data.repositories.length < PAGE) break;
  }
  return found;
}

/** One of Enterprise that all of it may read is called private as well. */
function visibilityOf(repository: { readonly private: boolean; readonly visibility?: string }): Visibility {
  if (!repository.private) return "public";
  return repository.visibility === "internal" ? "internal" : "private";
}

/** An enterprise has no login. */
function nameOf(account: { readonly login?: string } | { readonly slug?: string } | null): string {
  const { login, slug } = { login: undefined, slug: undefined, ...account };
  return login ?? slug ?? "unknown";
}

function missingIn(granted: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(APP_PERMISSIONS)
    .filter(([name, level]) => LEVELS.indexOf(granted[name] ?? "none") < LEVELS.indexOf(level))
    .map(([name, level]) => `${name}: ${level}`);
}
