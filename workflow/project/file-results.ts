import type { Made } from "./compile-cache.js";
import type { SourceTree } from "./source-tree.js";

/** What was made of each file of a list at one state of a tree. */
interface Edition<T> {
  readonly state: string;
  readonly paths: readonly string[];
  readonly made: readonly Made<T>[];
}

/** As many as branches that are compiled in turn. What they keep counts beside the cache: of files that are the same they share it. */
const EDITIONS_MAX = 2;
/** So many files that are as they were take no longer than one that is compiled. */
const KEPT_AT_ONCE = 500;

/**
 * What is made of the files of lists. Of a tree that says what is other since a state that is known, only those files are looked at for
 * which something was read that is other: all others cost a look at the names of what was.
 */
export class FileResults<T> {
  /** The latest first. */
  #known: readonly Edition<T>[] = [];

  /**
   * @param paths the very same list as long as it has the same files
   * @yields nothing, as `make` does, and now and then
   */
  *of(
    paths: readonly string[],
    { state, since }: Pick<SourceTree, "state" | "since">,
    make: (path: string) => Generator<undefined, Made<T>>,
  ): Generator<undefined, readonly T[]> {
    const before = this.#known.find((known) => known.state === since?.state && known.paths === paths);
    const made: Made<T>[] = [];
    for (const path of paths) {
      const last = before?.made[made.length];
      const isKept = last !== undefined && since !== undefined && !mayBeOther(last, since.changed);
      made.push(isKept ? last : yield* make(path));
      if (!isKept || made.length % KEPT_AT_ONCE === 0) yield;
    }
    if (state !== undefined) {
      const others = this.#known.filter((known) => known !== before);
      this.#known = [{ state, paths, made }, ...others].slice(0, EDITIONS_MAX);
    }
    return made.map(({ value }) => value);
  }
}

/** Of what is no file nobody says that it has changed. */
function mayBeOther({ reads, readsMore }: Made<unknown>, changed: ReadonlySet<string>): boolean {
  if (readsMore) return true;
  for (let at = 0; at < reads.length; at += 2) if (changed.has(reads[at] ?? "")) return true;
  return false;
}
