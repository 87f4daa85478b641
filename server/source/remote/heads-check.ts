import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.js";
import type { GitAccess } from "../git/git-environment.js";
import { loginOf } from "./git-credentials.js";
import { encodeLsRefs, parseLsRefs } from "./ls-refs.js";
import type { Heads } from "./remote.js";
import { localPath, repositoryHost } from "./repository-url.js";

/** Of what a host answers: some branches begin like those that are asked for. */
const ANSWER_BYTES_MAX = 1024 * 1024;
const SILENCE_MS = 10_000;
/** A host that did not answer so is left to git alone for so long. */
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
    const host = repositoryHost(url);
    if (!reached.test(url) || (leftUntil.get(host) ?? 0) > clock.now()) return false;
    const told = await askHost(url, heads, options).catch(() => null);
    if (told === null) leftUntil.set(host, clock.now() + LEFT_MS);
    else leftUntil.delete(host);
    return [...heads].every(([branch, commit]) => told?.get(branch) === commit);
  };
}

/** Null when the host does not speak so; nothing when it refuses, which git can tell why. */
async function askHost(
  url: string,
  heads: Heads,
  { accessTo, clock, stop }: HeadsCheckOptions,
): Promise<Heads | null> {
  const login = loginOf(await accessTo(url));
  const silent = new AbortController();
  const cancel = clock.after(SILENCE_MS, () => silent.abort());
  try {
    const response = await fetch(`${url.replace(/\/+$/, "")}/git-upload-pack`, {
      method: "POST",
      headers: {
        "git-protocol": "version=2",
        "content-type": "application/x-git-upload-pack-request",
        accept: "application/x-git-upload-pack-result",
        ...(login === null ? {} : { authorization: `Basic ${btoa(`${login.username}:${login.password}`)}` }),
      },
      body: encodeLsRefs(heads),
      // Where it leads git finds out, and tells.
      redirect: "manual",
      signal: AbortSignal.any([stop, silent.signal]),
    });
    const answer = await readAtMost(response, ANSWER_BYTES_MAX);
    if (!response.ok) return new Map();
    return answer === null ? null : parseLsRefs(answer);
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

async function hasLocalHeads(path: string, heads: Heads): Promise<boolean> {
  for (const [branch, commit] of heads) {
    const isThere = (folder: string): Promise<boolean> =>
      readFile(join(folder, "refs", "heads", branch), "latin1").then(
        (text) => text.trimEnd() === commit,
        () => false,
      );
    // What is packed, or kept in another form, only git can tell.
    if (!(await isThere(join(path, ".git"))) && !(await isThere(path))) return false;
  }
  return true;
}
