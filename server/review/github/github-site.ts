import { ServiceError } from "../../errors.js";
import { isTrusted } from "../trusted-url.js";

/** A GitHub: github.com, one with data residency, or an Enterprise Server of somebody's own. */
export interface GithubSite {
  /** Where people are, without a slash at the end. */
  readonly webUrl: string;
  readonly apiUrl: string;
}

const GITHUB: GithubSite = { webUrl: "https://github.com", apiUrl: "https://api.github.com" };
/** Source: https://docs.github.com/enterprise-cloud@latest/admin/data-residency/about-github-enterprise-cloud-with-data-residency */
const RESIDENT = /^[a-z0-9-]+\.ghe\.com$/;

/** The GitHub that has this address; github.com without one. @throws ServiceError bad-request */
export function githubSite(enterprise: string | null): GithubSite {
  if (enterprise === null) return GITHUB;
  const url = URL.canParse(enterprise) ? new URL(enterprise) : null;
  if (url === null || !isTrusted(url) || url.username !== "" || url.pathname !== "/")
    throw new ServiceError(
      "bad-request",
      `Cannot make a GitHub App at "${enterprise}": give the address of the GitHub, such as "https://github.example.com"`,
    );
  if (url.origin === GITHUB.webUrl) return GITHUB;
  const isResident = RESIDENT.test(url.hostname);
  return {
    webUrl: url.origin,
    apiUrl: isResident ? `https://api.${url.hostname}` : `${url.origin}/api/v3`,
  };
}

const ORGANIZATION = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;

/** The page where an App is made, of an organization or of whoever opens it. @throws ServiceError bad-request */
export function newAppUrl({ webUrl }: GithubSite, organization: string | null, state: string): string {
  if (organization !== null && !ORGANIZATION.test(organization))
    throw new ServiceError(
      "bad-request",
      `Cannot make a GitHub App of "${organization}": give an organization as its address has it, of letters, digits and "-"`,
    );
  const owner = organization === null ? "" : `/organizations/${organization}`;
  return `${webUrl}${owner}/settings/apps/new?state=${state}`;
}
