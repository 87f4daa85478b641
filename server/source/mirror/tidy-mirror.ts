import { ServiceError } from "../../errors.js";
import { GitError, GitStopped } from "../git/git-error.js";
import type { Git } from "../git/git.js";
import { exists } from "./folder-swap.js";
import { forgetCommits, isKept, keepCommit, listKept } from "./kept-commits.js";
import { forgetPreviews } from "./preview-refs.js";
import { removeUnneeded, type RescueOptions } from "./rescue-commits.js";

/** Refs stay files, because `kept-commits.ts` reads and makes them without git. These settings stand above those of the environment. */
const GC_SETTINGS = ["gc.packRefs=false", "gc.auto=2000", "gc.autoPackLimit=20", "gc.autoDetach=false"];
const GC = [...GC_SETTINGS.flatMap((setting) => ["-c", setting]), "gc", "--quiet"];
/** Git says nothing until it is done, which takes hours of millions of objects on a slow disk. By the next night it is over. */
const GC_MS_MAX = 12 * 60 * 60_000;

/** What was forgotten: kept commits, and refs of old previews. */
export interface Forgotten {
  readonly commits: number;
  readonly previews: number;
}

/** Forgets the kept commits that nothing needs and what was fetched for old previews. The caller sees to it that nobody else writes to the mirror. */
export async function forgetUnneeded(options: RescueOptions): Promise<Forgotten> {
  const { folder, clock, filterNeeded } = options;
  if (!(await exists(folder))) return { commits: 0, previews: 0 };
  const kept = await listKept(folder, clock.now());
  const needed = new Set(await filterNeeded(kept));
  const unneeded = kept.filter((commit) => !needed.has(commit));
  await forgetCommits(folder, unneeded);
  const previews = await forgetPreviews(folder, clock.now());
  await removeUnneeded(options);
  return { commits: unneeded.length, previews };
}

/**
 * Packs what many fetches have left, and deletes what nothing needs any more. Fetches go on beside it: what came within a day is spared,
 * and a mirror from which something went that a push has just brought back is made anew. Only its replacement has to end it.
 */
export class Packing {
  #stop = new AbortController();
  /** One at a time. */
  #last: Promise<void> = Promise.resolve();

  /** Ends well also when it is ended: there is another night. @throws GitError */
  run(place: PackedPlace, forgotten: Forgotten, stop: AbortSignal): Promise<void> {
    const ends = AbortSignal.any([stop, this.#stop.signal]);
    const turn = this.#last.then(() => pack(place, forgotten, ends));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Keeps a commit that the mirror has, and that no ref may have kept: what packs goes by the refs that it has seen, and might still delete
   * it. There is another night. @throws ServiceError store-waiting, not-found when it has gone meanwhile
   */
  async keep({ git, folder }: PackedPlace, commit: string): Promise<void> {
    if (await isKept(folder, commit)) return;
    await this.end();
    await git.run(["cat-file", "-e", `${commit}^{commit}`], { gitFolder: folder }).catch((cause: unknown) => {
      throw cause instanceof GitError
        ? new ServiceError("not-found", `Commit ${commit} is gone`, { cause })
        : cause;
    });
    await keepCommit(folder, commit);
  }

  /** Ends what was begun, and waits for that. */
  async end(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    await this.#last;
  }
}

interface PackedPlace {
  readonly git: Git;
  readonly folder: string;
}

async function pack(
  { git, folder }: PackedPlace,
  { commits, previews }: Forgotten,
  stop: AbortSignal,
): Promise<void> {
  if (stop.aborted || !(await exists(folder))) return;
  const depth = commits + previews > 0 ? "--prune=1.day.ago" : "--auto";
  try {
    await git.run([...GC, depth], { gitFolder: folder, silenceMs: GC_MS_MAX, stop });
  } catch (error) {
    if (!(error instanceof GitStopped)) throw error;
  }
}
