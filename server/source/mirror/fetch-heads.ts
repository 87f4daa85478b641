import type { Git } from "../git/git.js";
import type { Heads } from "../remote/remote.js";
import { fetchObjects, WHOLE_SILENCE_MS } from "./fetch-objects.js";
import { refOf, refspecsOf } from "./followed-refs.js";
import { keepCommit } from "./kept-commits.js";

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
  // Of those with the same head only one may write the ref that keeps it.
  const keepers = new Map([...seen].map(([branch, commit]) => [commit, branch]));
  const refspecs = refspecsOf(branches, keepers);
  await fetchObjects(
    { refspecs, silenceMs: isFirst ? WHOLE_SILENCE_MS : silenceMs, stop, isPack: isFirst },
    mirror,
  );
  const heads = new Map<string, string>();
  for (const [place, branch] of branches.entries()) {
    const head = await readCommit(`${refOf(place)}^{commit}`);
    if (keepers.get(head) !== branch) await keepCommit(gitFolder, head);
    heads.set(branch, head);
  }
  return heads;
}
