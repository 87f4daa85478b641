import type { Git } from "../git/git.js";
import type { Heads } from "../remote/remote.js";
import { refOf, refspecsOf } from "./followed-refs.js";
import { keepCommit } from "./kept-commits.js";

const FETCH_SILENCE_MS = 120_000;
/** Before a URL and what is wanted of it. Progress on the error stream is what tells a long transfer from a dead host. */
export const FETCH = [
  "fetch",
  "--progress",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--end-of-options",
];

export interface FetchRequest {
  readonly branches: readonly string[];
  /** Those that the other side has just told. */
  readonly seen?: Heads;
  readonly silenceMs?: number;
  /** Nothing is there yet. */
  readonly isFirst?: boolean;
  /** Ends it: nobody waits for it any more. */
  readonly stop?: AbortSignal | undefined;
}

/** Less than a hundred objects, however large, git unpacks: it compresses each anew, and says nothing meanwhile. A pack is written as it comes. */
const AS_PACK = ["-c", "fetch.unpackLimit=1"];

/**
 * Fetches branches and keeps their heads. The commit that was seen is kept by the fetch itself; another one, to which the branch has moved,
 * after it. @param mirror.readCommit the id of the commit of that name, in that mirror @throws GitError
 */
export async function fetchHeads(
  { branches, seen = new Map(), silenceMs = FETCH_SILENCE_MS, isFirst = false, stop }: FetchRequest,
  mirror: {
    readonly git: Git;
    readonly url: string;
    readonly gitFolder: string;
    readonly readCommit: (name: string) => Promise<string>;
  },
): Promise<Heads> {
  const { git, url, gitFolder, readCommit } = mirror;
  // Of those with the same head only one may write the ref that keeps it.
  const keepers = new Map([...seen].map(([branch, commit]) => [commit, branch]));
  const way = isFirst ? [...AS_PACK, ...FETCH] : FETCH;
  await git.run([...way, url, ...refspecsOf(branches, keepers)], { gitFolder, silenceMs, remote: url, stop });
  const heads = new Map<string, string>();
  for (const [place, branch] of branches.entries()) {
    const head = await readCommit(`${refOf(place)}^{commit}`);
    if (keepers.get(head) !== branch) await keepCommit(gitFolder, head);
    heads.set(branch, head);
  }
  return heads;
}
