import { statSync } from "node:fs";
import { ServiceError } from "../../errors.js";
import type { Git } from "../git/git.js";
import { GitError } from "../git/git-error.js";
import { sortByNearness } from "./branch-name.js";
import { explainRemoteFailure, lastLine, saysNoRepository } from "./remote-failure.js";
import { localPath } from "./repository-url.js";

/** A host that says nothing for so long is taken for gone; there is always a next poll. */
const SILENCE_MS = 20_000;
const NAMED_BRANCHES = 5;

/** The branches of a repository elsewhere. */
export interface RemoteBranches {
  /** Name to commit. */
  readonly heads: ReadonlyMap<string, string>;
  /** What its HEAD points at; null when it is empty or detached. */
  readonly defaultBranch: string | null;
}

/** The commit at the head of the branch. @throws ServiceError repository-unreachable, branch-not-found */
export async function readRemoteHead(git: Git, url: string, branch: string): Promise<string> {
  const { heads } = await askRemote(git, url, [`refs/heads/${branch}`]);
  return heads.get(branch) ?? requireBranch(await listRemoteBranches(git, url), url, branch);
}

/** @throws ServiceError repository-unreachable */
export function listRemoteBranches(git: Git, url: string): Promise<RemoteBranches> {
  return askRemote(git, url, ["HEAD", "refs/heads/*"]);
}

/** The branch's commit. @throws ServiceError branch-not-found, which names the branches that exist, the nearest first */
export function requireBranch(remote: RemoteBranches, url: string, branch: string): string {
  const commit = remote.heads.get(branch);
  if (commit !== undefined) return commit;
  if (remote.heads.size === 0) {
    throw new ServiceError(
      "branch-not-found",
      `Cannot read branch "${branch}" of "${url}": the repository is empty. Push a first commit to it`,
    );
  }
  const names = sortByNearness(branch, [...remote.heads.keys()]);
  const named = names.slice(0, NAMED_BRANCHES).map((name) => `"${name}"`);
  const more = names.length > named.length ? ` and ${names.length - named.length} more` : "";
  throw new ServiceError(
    "branch-not-found",
    `Cannot read branch "${branch}" of "${url}": there is no such branch. There is ${named.join(", ")}${more}`,
    { data: { nearest: names[0] ?? "" } },
  );
}

/** A git failure as a refusal in words. */
export function unreachable(url: string, error: GitError): ServiceError {
  const path = saysNoRepository(error.output) ? localPath(url) : null;
  const reason =
    path === null ? (explainRemoteFailure(error.output) ?? lastLine(error.output)) : noRepositoryAt(path);
  return new ServiceError("repository-unreachable", `Cannot read "${url}": ${reason}`, { cause: error });
}

/** Of a folder of this machine git says the same whether it is there or not. */
function noRepositoryAt(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "there is no such folder on the machine of the service: look at the path";
  const advice = "Make it one with git init and a first commit, or give the path of one";
  return `${found.isDirectory() ? "the folder" : "the file"} is no Git repository. ${advice}`;
}

async function askRemote(git: Git, url: string, patterns: readonly string[]): Promise<RemoteBranches> {
  try {
    return parseRefs(
      await git.run(["ls-remote", "--symref", "--", url, ...patterns], {
        silenceMs: SILENCE_MS,
        remote: url,
      }),
    );
  } catch (error) {
    if (error instanceof GitError) throw unreachable(url, error);
    throw error;
  }
}

/** Lines of `<commit> TAB <ref>`, and `ref: <target> TAB HEAD`. Patterns match tails of names, so the whole is compared here. */
function parseRefs(output: string): RemoteBranches {
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
