import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.js";
import { openPlainFile } from "../../plain-file.js";
import type { GitAccess } from "../git/git-environment.js";
import { loginOf, type GitLogin } from "./git-credentials.js";
import { encodeLsRefs, parseLsRefs } from "./ls-refs.js";
import type { Heads } from "./remote.js";
import { localPath } from "./repository-url.js";

/** Of what a host answers: some branches begin like those that are asked for. */
const ANSWER_BYTES_MAX = 1024 * 1024;
const REF_BYTES_MAX = 100;
/** Of the whole question. */
const PATIENCE_MS = 10_000;
/** A repository of which nothing was told so is left to git alone for so long. */
const LEFT_MS = 10 * 60_000;
/** Who is between the service and a host, and who vouches for one, is known to git and not to Node.js. */
const PROXIES = /^(?:https?|all)_proxy$/i;
const CERTIFICATES = /^ssl_cert_(?:file|dir)$/i;

/** Whether branches have these heads, for sure: false also where nobody can tell, and git has to be asked. Never fails. */
export type HasHeads = (url: string, heads: Heads) => Promise<boolean>;

export interface HeadsCheckOptions {
  readonly accessTo: (url: string) => Promise<GitAccess>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Pick<Clock, "now" | "after">;
  readonly stop: AbortSignal;
}

/**
 * Nearly every poll finds what was there before. Git takes two processes and a connection to say so, some 35 ms of the processor; here it
 * is one request of the same protocol, by a connection that is open already, or a file of refs. Whatever else comes of it, git asks.
 */
export function createHeadsCheck(options: HeadsCheckOptions): HasHeads {
  const { environment, clock } = options;
  const isSet = (form: RegExp): boolean =>
    Object.entries(environment).some(([name, value]) => form.test(name) && (value ?? "") !== "");
  const reached = isSet(PROXIES) ? /^$/ : isSet(CERTIFICATES) ? /^http:/i : /^https?:/i;
  const leftUntil = new Map<string, number>();
  return async (url, heads) => {
    const path = localPath(url);
    if (path !== null) return hasLocalHeads(path, heads);
    if (!reached.test(url) || (leftUntil.get(url) ?? 0) > clock.now()) return false;
    const told = await askHost(url, heads, options).catch(() => null);
    if (told === null) leftUntil.set(url, clock.now() + LEFT_MS);
    else leftUntil.delete(url);
    return told !== null && [...heads].every(([branch, commit]) => told.get(branch) === commit);
  };
}

/** As git sends it. */
function basic({ username, password }: GitLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Null when the host refuses, which git can tell why, or does not speak so. */
async function askHost(
  url: string,
  heads: Heads,
  { accessTo, clock, stop }: HeadsCheckOptions,
): Promise<Heads | null> {
  const login = loginOf(await accessTo(url));
  const late = new AbortController();
  const cancel = clock.after(PATIENCE_MS, () => late.abort());
  try {
    const response = await fetch(`${url.replace(/\/+$/, "")}/git-upload-pack`, {
      method: "POST",
      headers: {
        "git-protocol": "version=2",
        "content-type": "application/x-git-upload-pack-request",
        accept: "application/x-git-upload-pack-result",
        ...(login === null ? {} : { authorization: basic(login) }),
      },
      body: encodeLsRefs(heads),
      // Where it leads git finds out, and tells.
      redirect: "manual",
      signal: AbortSignal.any([stop, late.signal]),
    });
    const answer = await readAtMost(response, ANSWER_BYTES_MAX);
    return answer === null || !response.ok ? null : parseLsRefs(answer);
  } finally {
    cancel();
  }
}

/** Null when there is more. */
async function readAtMost({ body }: Response, bytesMax: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const pieces: AsyncIterable<Uint8Array> | null = body;
  for await (const chunk of pieces ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What is packed, or kept in another form, only git can tell. */
async function hasLocalHeads(path: string, heads: Heads): Promise<boolean> {
  const folder = await gitFolderOf(path);
  if (folder === null) return false;
  for (const [branch, commit] of heads)
    if ((await readRef(join(folder, "refs", "heads", branch))) !== commit) return false;
  return true;
}

/** Null where it is not plain to see: what stands beside a `.git` is content, whatever it is called. */
async function gitFolderOf(path: string): Promise<string | null> {
  const within = join(path, ".git");
  const found = await lstat(within).catch(() => null);
  if (found !== null) return found.isDirectory() ? within : null;
  return (await lstat(join(path, "HEAD")).catch(() => null))?.isFile() === true ? path : null;
}

/** Null for what is no file of a ref. */
async function readRef(path: string): Promise<string | null> {
  const found = await openPlainFile(path);
  if (found.kind !== "open") return null;
  const { file, sizeBytes } = found;
  try {
    return sizeBytes > REF_BYTES_MAX ? null : (await file.readFile("latin1")).trimEnd();
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
