import type { Git } from "../git/git.js";
import type { Heads } from "../remote/remote.js";
import { fetchObjects, WHOLE_SILENCE_MS } from "./fetch-objects.js";
import { refOf, refspecsOf } from "./followed-refs.js";
import { forgetCommits, isKept, keepCommit } from "./kept-commits.js";

const FETCH_SILENCE_MS = 120_000;

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
  const { gitFolder, readCommit } = mirror;
  const keepers = await keepersOf(seen, gitFolder);
  const refspecs = refspecsOf(branches, keepers);
  const limits = { silenceMs: isFirst ? WHOLE_SILENCE_MS : silenceMs, stop };
  await fetchObjects({ refspecs, isPack: isFirst, ...limits }, mirror);
  const heads = new Map<string, string>();
  for (const [place, branch] of branches.entries())
    heads.set(branch, await readCommit(`${refOf(place)}^{commit}`));
  // What was written for a commit that the branch has left meanwhile has the name of that one, and is another.
  const left = [...keepers].filter(([commit, branch]) => heads.get(branch) !== commit);
  await forgetCommits(
    gitFolder,
    left.map(([commit]) => commit),
  );
  for (const head of heads.values()) await keepCommit(gitFolder, head);
  return heads;
}

/** Which branch is to write the ref that keeps each commit, one alone; none writes one that is there, which would lose it where the branch moves on. */
async function keepersOf(seen: Heads, gitFolder: string): Promise<ReadonlyMap<string, string>> {
  const keepers = new Map<string, string>();
  for (const [branch, commit] of seen) if (!(await isKept(gitFolder, commit))) keepers.set(commit, branch);
  return keepers;
}
