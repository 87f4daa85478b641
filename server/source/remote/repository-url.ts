import { isAbsolute } from "node:path";
import { ServiceError } from "../../errors.js";

const MAX_LENGTH = 2000;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNPRINTABLE = /[\u0000-\u0020\u007f]/;
/** `user@host:path`, as ssh and git accept it. */
const SCP_FORM = /^(?:[A-Za-z0-9._~][A-Za-z0-9._~-]*@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)(.+)$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Accepts https, ssh (both forms), `file://`, an absolute path, and http to this machine. Everything else could make
 * git run a program (`ext::`, `-u…`) or send a secret in the clear. Returns the URL as git is to have it.
 * @throws ServiceError bad-request, without repeating a credential
 */
export function parseRepositoryUrl(text: string): string {
  const url = text.trim();
  if (url === "" || url.length > MAX_LENGTH || url.startsWith("-") || hasUnprintable(url)) {
    throw refusal('its URL is empty, too long, begins with "-" or has control characters');
  }
  if (isAbsolute(url)) return url;
  if (/^[a-z0-9+.-]*::/i.test(url)) throw refusal("its URL names a remote helper, which can run any program");
  if (url.includes("://")) return checkUrl(url);
  if (SCP_FORM.test(url)) return url;
  throw refusal(`"${url}" is neither an https, ssh or file URL nor an absolute path`);
}

/**
 * What two URLs of one repository have in common: the host and the path, whatever the protocol, the user, a trailing
 * slash, `.git`, or the case. Never fails: a URL from outside that is none is its own key.
 */
export function repositoryKey(text: string): string {
  const url = text.trim();
  const [, scpHost, scpPath] = url.includes("://") ? [] : (SCP_FORM.exec(url) ?? []);
  if (scpHost !== undefined && scpPath !== undefined)
    return foldPath(`${scpHost}/${scpPath.replace(/^\/+/, "")}`);
  const parsed = url.includes("://") ? parseUrl(url) : null;
  if (parsed === null) return foldPath(url);
  return foldPath(
    parsed.protocol === "file:" ? decodePath(parsed.pathname) : `${parsed.host}${parsed.pathname}`,
  );
}

/** Who answers for a repository: its host, with the port where that is said; empty for what is on this machine. Never fails. */
export function repositoryHost(url: string): string {
  if (url.includes("://")) return parseUrl(url)?.host.toLowerCase() ?? "";
  return SCP_FORM.exec(url)?.[1]?.toLowerCase() ?? "";
}

/** Where a repository of this machine is; null for every other. */
export function localPath(url: string): string | null {
  if (isAbsolute(url)) return url;
  const parsed = url.startsWith("file://") ? parseUrl(url) : null;
  return parsed === null ? null : decodePath(parsed.pathname);
}

/** A name for people from the last part of the URL: `https://host/team/Flows.git` gives `flows`. */
export function repositoryName(url: string): string {
  const last = repositoryKey(url).split(/[/:]/).at(-1) ?? "";
  return last.replaceAll(/[^a-z0-9._-]+/g, "-").replaceAll(/^[-.]+|[-.]+$/g, "") || "repository";
}

function checkUrl(text: string): string {
  const url = parseUrl(text);
  if (url === null) throw refusal("its URL cannot be understood");
  if (url.password !== "" || (url.protocol !== "ssh:" && url.username !== "")) {
    throw refusal(
      "its URL carries a credential, which would be stored and shown. Give a URL without it, and the credential in the file of HEADWATER_GIT_CREDENTIALS_FILE",
    );
  }
  if (url.search !== "" || url.hash !== "") throw refusal("its URL has a query or a fragment");
  if (!isAllowed(url)) {
    throw refusal(
      `"${url.protocol}//${url.host}" is not allowed: use https, ssh, file, or http on this machine`,
    );
  }
  return text;
}

function isAllowed(url: URL): boolean {
  switch (url.protocol) {
    case "https:":
      return true;
    case "http:":
      return LOOPBACK.test(url.hostname);
    case "ssh:":
      return /^[A-Za-z0-9[]/.test(url.hostname) && !url.username.startsWith("-");
    case "file:":
      return url.host === "" && isAbsolute(decodePath(url.pathname));
    default:
      return false;
  }
}

function hasUnprintable(url: string): boolean {
  return UNPRINTABLE.test(isAbsolute(url) ? url.replaceAll(" ", "") : url);
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // A lone "%" is a character of the path.
  }
}

function foldPath(path: string): string {
  return path
    .toLowerCase()
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .replace(/\/+$/, "");
}

function refusal(reason: string): ServiceError {
  return new ServiceError("bad-request", `Cannot use this repository: ${reason}`);
}
