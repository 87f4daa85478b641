import { statSync } from "node:fs";
import { ServiceError } from "../../errors.js";
import type { Git } from "../git/git.js";
import { GitError, isSilence } from "../git/git-error.js";
import { sortByNearness } from "./branch-name.js";
import { explainRemoteFailure, lastLine, saysNoRepository } from "./remote-failure.js";
import { findRedirect } from "./redirect.js";
import { localPath } from "./repository-url.js";

/** A host that says nothing for so long is taken for gone; there is always a next poll. */
const SILENCE_MS = 20_000;
const NAMED_BRANCHES = 5;

/** Branches, with the commit at the head of each. */
export type Heads = ReadonlyMap<string, string>;

/** The branches of a repository elsewhere. */
export interface RemoteBranches {
  /** Name to commit. */
  readonly heads: Heads;
  /** What its HEAD points at; null when it is empty or detached. */
  readonly defaultBranch: string | null;
  /** Where the host sends on who asks for it; null when it does not. */
  readonly redirectedTo: string | null;
}

/** What a repository elsewhere has of some branches. */
export interface RemoteHeads extends Pick<RemoteBranches, "redirectedTo"> {
  /** Branch to commit, of those that are there. */
  readonly heads: Heads;
  /** That the first of them is not; null when it is. */
  readonly absence: ServiceError | null;
}

/** The commits at the heads of branches, by one question; by a second one where the first of them is not there. @throws ServiceError repository-unreachable */
export async function readRemoteHeads(
  git: Git,
  url: string,
  branches: readonly string[],
): Promise<RemoteHeads> {
  const answer = await askRemote(
    git,
    url,
    branches.map((branch) => `refs/heads/${branch}`),
  );
  const [first = ""] = branches;
  const remote = answer.heads.has(first) ? answer : await listRemoteBranches(git, url);
  const heads = branches.flatMap((branch) => {
    const head = remote.heads.get(branch);
    return head === undefined ? [] : [[branch, head] as const];
  });
  return {
    heads: new Map(heads),
    absence: remote.heads.has(first) ? null : branchNotFound(remote, url, first),
    redirectedTo: remote.redirectedTo,
  };
}

/** @throws ServiceError repository-unreachable */
export function listRemoteBranches(git: Git, url: string): Promise<RemoteBranches> {
  return askRemote(git, url, ["HEAD", "refs/heads/*"]);
}

/** The branch's commit. @throws ServiceError branch-not-found, which names the branches that exist, the nearest first */
export function requireBranch(remote: RemoteBranches, url: string, branch: string): string {
  const commit = remote.heads.get(branch);
  if (commit !== undefined) return commit;
  throw branchNotFound(remote, url, branch);
}

function branchNotFound({ heads }: Pick<RemoteBranches, "heads">, url: string, branch: string): ServiceError {
  if (heads.size === 0) {
    return new ServiceError(
      "branch-not-found",
      `Cannot read branch "${branch}" of "${url}": the repository is empty. Push a first commit to it`,
    );
  }
  const names = sortByNearness(branch, [...heads.keys()]);
  const named = names.slice(0, NAMED_BRANCHES).map((name) => `"${name}"`);
  const more = heads.size > named.length ? ` and ${heads.size - named.length} more` : "";
  return new ServiceError(
    "branch-not-found",
    `Cannot read branch "${branch}" of "${url}": there is no such branch. There is ${named.join(", ")}${more}`,
    { data: { nearest: names[0] ?? "" } },
  );
}

/** A git failure as a refusal in words. */
export function unreachable(url: string, error: GitError): ServiceError {
  const reason = reasonOf(url, error);
  return new ServiceError("repository-unreachable", `Cannot read "${url}": ${reason}`, { cause: error });
}

function reasonOf(url: string, { isCutOff, output }: GitError): string {
  // We have ended one that was silent: then the host is the matter.
  if (isCutOff && !isSilence(output))
    return `git was ended on the machine of the service, or could not be started there, as where memory runs out: ${lastLine(output)}`;
  const path = saysNoRepository(output) ? localPath(url) : null;
  return path === null ? (explainRemoteFailure(output) ?? lastLine(output)) : noRepositoryAt(path);
}

/** Of a folder of this machine git says the same whether it is there or not. */
function noRepositoryAt(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "there is no such folder on the machine of the service: look at the path";
  const advice = "Make it one with git init and a first commit, or give the path of one";
  return `${found.isDirectory() ? "the folder" : "the file"} is no Git repository. ${advice}`;
}

async function askRemote(git: Git, url: string, patterns: readonly string[]): Promise<RemoteBranches> {
  let redirectedTo: string | null = null;
  try {
    const refs = await git.run(["ls-remote", "--symref", "--", url, ...patterns], {
      silenceMs: SILENCE_MS,
      remote: url,
      hear: (said) => void (redirectedTo = findRedirect(url, said)),
    });
    return { redirectedTo, ...parseRefs(refs) };
  } catch (error) {
    if (error instanceof GitError) throw unreachable(url, error);
    throw error;
  }
}

/** Lines of `<commit> TAB <ref>`, and `ref: <target> TAB HEAD`. Patterns match tails of names, so the whole is compared here. */
function parseRefs(output: string): Omit<RemoteBranches, "redirectedTo"> {
  const heads = new Map<string, string>();
  let defaultBranch: string | null = null;
  for (const line of output.split("\n")) {
    const [value = "", ref = ""] = line.split("\t");
    if (ref.startsWith("refs/heads/")) heads.set(ref.slice("refs/heads/".length), value);
    if (ref === "HEAD" && value.startsWith("ref: refs/heads/")) {
      defaultBranch = value.slice("ref: refs/heads/".length);
    }
  }
  return { heads, defaultBranch };
}
