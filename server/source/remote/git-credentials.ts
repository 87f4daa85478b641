import { constants } from "node:fs";
import { open } from "node:fs/promises";
import * as z from "zod";
import { ServiceError } from "../../errors.js";
import { NO_ACCESS, type GitAccess } from "../git/git-environment.js";

const MAX_BYTES = 1024 * 1024;
/** Permissions of anybody but the owner. */
const OTHERS = 0o077;

/** What the answer to git can hold. */
const ONE_LINE = /^[^\r\n\0]+$/;

const credential = z.union([
  z.strictObject({
    username: z.string().regex(ONE_LINE).default("git"),
    password: z.string().regex(ONE_LINE),
  }),
  z.strictObject({
    ssh_key: z.string().startsWith("/"),
    known_hosts: z.string().startsWith("/").optional(),
  }),
]);

const file = z.record(z.string(), credential);

type Credential = z.output<typeof credential>;

/** With what git proves to a host that it may read, by HTTP. */
export interface GitLogin {
  readonly username: string;
  readonly password: string;
}

/** What a host itself gives to whoever may read there; null where it gives nothing. Asked for at each use. */
export type HostLogin = (url: string) => Promise<GitLogin | null>;

/** By what git proves to a host that it may read a repository. */
export interface GitCredentials {
  /** What the command line of git must not carry. @throws ServiceError repository-unreachable when the file cannot be used */
  find(url: string): Promise<GitAccess>;
}

export interface GitCredentialsOptions {
  /** A file of JSON with what is proven to Git hosts. Default: nothing but the user's own ssh keys. */
  readonly gitCredentialsFile?: string | null;
  /** What a host gives the service to read by, such as to a GitHub App. Default: nothing. */
  readonly hostLogin?: HostLogin;
}

/** What an operator has given counts first, and where that is nothing what the host gives, which goes over HTTP alone. */
export function createGitCredentials({
  gitCredentialsFile = null,
  hostLogin = async () => null,
}: GitCredentialsOptions): GitCredentials {
  const given = gitCredentialsFile === null ? noCredentials : fileCredentials(gitCredentialsFile);
  return {
    async find(url) {
      const access = await given.find(url);
      if (access !== NO_ACCESS || !/^https?:/i.test(url)) return access;
      const login = await hostLogin(url);
      return login === null ? NO_ACCESS : accessBy(login, url);
    },
  };
}

/** Only what the user of the service has: its ssh keys. */
const noCredentials: GitCredentials = { find: async () => NO_ACCESS };

/**
 * One file of JSON that only its owner may read: beginnings of URLs, and what is proven to them. Of those that fit the longest counts. It is
 * read at each use, so a token that was renewed counts from the next fetch on, and nothing is remembered.
 */
function fileCredentials(path: string): GitCredentials {
  return {
    async find(url) {
      const credentials = await readCredentials(path).catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error);
        throw new ServiceError(
          "repository-unreachable",
          `Cannot read "${url}": the file of HEADWATER_GIT_CREDENTIALS_FILE, "${path}", cannot be used: ${problem}`,
        );
      });
      const [found] = Object.entries(credentials)
        .filter(([beginning]) => isWithin(url, beginning))
        .sort(([one], [other]) => other.length - one.length);
      return found === undefined ? NO_ACCESS : accessBy(found[1], url);
    },
  };
}

/** `https://host/team` is the beginning of `https://host/team/flows`, not of `https://host/teams`. */
function isWithin(url: string, beginning: string): boolean {
  const stem = beginning.replace(/[/:]+$/, "");
  return stem !== "" && url.startsWith(stem) && /^(?:$|[/:]|\.git(?:$|\/))/.test(url.slice(stem.length));
}

function accessBy(found: Credential, url: string): GitAccess {
  if ("ssh_key" in found) {
    const hosts =
      found.known_hosts === undefined ? [] : [`-oUserKnownHostsFile=${quoted(found.known_hosts)}`];
    return { ...NO_ACCESS, sshOptions: ["-oIdentitiesOnly=yes", `-i ${quoted(found.ssh_key)}`, ...hosts] };
  }
  return {
    ...NO_ACCESS,
    // Of this host only: what it redirects to is told nothing. The values are in the environment, which nobody else can read.
    settings: [[`credential.${new URL(url).origin}.helper`, HELPER]],
    variables: { HEADWATER_GIT_USERNAME: found.username, HEADWATER_GIT_PASSWORD: found.password },
  };
}

/** What git would prove to the host of the URL that the access is for; null where that is nothing. */
export function loginOf({ variables }: GitAccess): GitLogin | null {
  const { HEADWATER_GIT_USERNAME: username, HEADWATER_GIT_PASSWORD: password } = variables;
  return username === undefined || password === undefined ? null : { username, password };
}

/** Answers git's question with what the environment holds. Source: https://git-scm.com/docs/gitcredentials */
const HELPER =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$HEADWATER_GIT_USERNAME" "$HEADWATER_GIT_PASSWORD"; }; f';

/** For the shell that git starts ssh by. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** What is wrong is told without a word of what stands in the file. */
async function readCredentials(path: string): Promise<Readonly<Record<string, Credential>>> {
  const parsed = file.safeParse(parseJson(await readOwn(path)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path[0] === undefined ? "" : ` under "${String(issue.path[0])}"`;
  throw new Unusable(
    `it must hold beginnings of URLs with a "password" (and a "username") or the absolute path of an "ssh_key" each: see what stands${place}`,
  );
}

async function readOwn(path: string): Promise<string> {
  // A FIFO would wait for its writer.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size, mode } = await handle.stat();
    if ((mode & OTHERS) !== 0)
      throw new Unusable(
        `others than its owner may use it (mode ${(mode & 0o777).toString(8)}); run chmod 600 "${path}"`,
      );
    if (size > MAX_BYTES) throw new Unusable(`it has ${size} bytes, limit is ${MAX_BYTES} bytes`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes the text, which is secret.
    throw new Unusable("it is not valid JSON");
  }
}

/** Only inside this file: it becomes a refusal in words. */
class Unusable extends Error {
  readonly code = "git-credentials-unusable";
}
