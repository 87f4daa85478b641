import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { SourceTree } from "@headwater/workflow";
import type { Clock } from "../../clock.js";
import { ServiceError } from "../../errors.js";
import type { Ids } from "../../ids.js";
import type { Log } from "../../log.js";
import { ObjectReader } from "../git/object-reader.js";
import type { Git } from "../git/git.js";
import type { GitAccess } from "../git/git-environment.js";
import { GitError } from "../git/git-error.js";
import { verifyCommit } from "../git/signers.js";
import { lastLine } from "../remote/remote-failure.js";
import { readRemoteHeads, unreachable, type Heads } from "../remote/remote.js";
import { requireBeginning } from "../commit-id.js";
import type { Repaired, SourceTroubles } from "../source-troubles.js";
import type { RewrittenHistory } from "../../store/deployment-row.js";
import type { CommitDescription } from "./commit-object.js";
import { CommitReader } from "./commit-reader.js";
import type { FileTree } from "./commit-tree.js";
import { isDamaged, isFetchDamaged } from "./damage.js";
import { fetchHeads, type FetchRequest } from "./fetch-heads.js";
import { exists, listPutAside, swapIn } from "./folder-swap.js";
import { isKept } from "./kept-commits.js";
import type { FetchLimits } from "./limited-fetch.js";
import type { MirrorCaches } from "./mirror-caches.js";
import { Previews } from "./previews.js";
import { rescueAll, rescueEach } from "./rescue-commits.js";
import { readRewritten } from "./rewritten-history.js";
import { forgetUnneeded, Packing } from "./tidy-mirror.js";
import { parseTreeListing, type TreeListing } from "./tree-listing.js";
import { writeWorkingCopy } from "./working-copy.js";

/** Of a fetch that is tried first, where asking and fetching come after it. */
const QUICK_SILENCE_MS = 20_000;

export interface MirrorOptions {
  /** Of its repository. */
  readonly id: string;
  /** The bare repository; made when it is first fetched. */
  readonly folder: string;
  readonly url: string;
  /** What is fetched when it has to be made anew before anybody has fetched. */
  readonly branches: readonly string[];
  readonly git: Git;
  readonly caches: MirrorCaches;
  /** Of these commits, those that something still needs. */
  readonly filterNeeded: (commits: readonly string[]) => Promise<readonly string[]>;
  /** Of what is fetched of a fork. Default: `FORK_LIMITS`. */
  readonly forkLimits?: FetchLimits;
  readonly troubles: Pick<SourceTroubles, "beginRepair" | "endRepair">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

interface Replacement {
  readonly anyCommit: string;
  /** What is the matter with the one that is there; none when nothing is there yet. */
  readonly reason?: GitError;
  readonly stop?: AbortSignal | undefined;
}

/**
 * A bare copy of the followed branches of one repository. A fetch that was killed leaves what git can go on from. A mirror that
 * is damaged all the same is made anew, beside the old one, which is replaced only when the new one is whole.
 */
export class Mirror {
  readonly previews: Previews;
  #options: MirrorOptions;
  /** Those that were there when they were last asked for. */
  #branches: readonly string[];
  readonly #objects: ObjectReader;
  readonly #commits: CommitReader;
  readonly #packing = new Packing();
  /** How often objects may have gone. */
  #rewrites = 0;
  /** The commit that was last found damaged. */
  #damaged: string | null = null;
  /** Fetching and replacing happen one at a time. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#branches = options.branches;
    this.#objects = new ObjectReader({ git: options.git, gitFolder: options.folder, clock: options.clock });
    this.#commits = new CommitReader(this.#objects, options.caches);
    const { clock, caches, forkLimits } = options;
    this.previews = new Previews({
      mirror: () => this.#fetchOptions(),
      commits: this.#commits,
      caches,
      readCommit: (name) => this.#readCommit(name),
      readFiles: (commit) => this.readFiles(commit),
      rewrites: () => this.#rewrites,
      exclusively: (action) => this.#exclusively(action),
      clock,
      ...(forkLimits === undefined ? {} : { forkLimits }),
    });
  }

  /** From now on it is fetched from there: the repository was renamed or moved. */
  follow({ url }: Pick<MirrorOptions, "url">): void {
    this.#options = { ...this.#options, url };
  }

  /** Whether the next fetch brings the whole repository. */
  async isNew(): Promise<boolean> {
    return !(await exists(this.#options.folder));
  }

  /**
   * Fetches branches without having asked the other side what is new, which costs no more than asking when nothing is. Returns their
   * heads; null when that does not go well, as when one is not there, which `fetch` can tell why, and mend. @throws GitStopped, also when `stop` ends it
   */
  async fetchUnasked(branches: readonly string[], stop?: AbortSignal): Promise<Heads | null> {
    return this.#exclusively(async () => {
      const { folder } = this.#options;
      if (!(await exists(folder))) return null;
      try {
        return await this.#fetchInto(folder, { branches, silenceMs: QUICK_SILENCE_MS, stop });
      } catch (error) {
        if (error instanceof GitError) return null;
        throw error;
      }
    });
  }

  /** Fetches the branches that were just seen, at least one, all at once. Returns their heads. @throws ServiceError repository-unreachable, GitStopped */
  async fetch(seen: Heads, stop?: AbortSignal): Promise<Heads> {
    return this.#exclusively(async () => {
      this.#branches = [...seen.keys()];
      const [anyCommit = ""] = seen.values();
      if (!(await exists(this.#options.folder))) return this.#replace({ anyCommit, stop });
      try {
        return await this.#fetchInto(this.#options.folder, { branches: this.#branches, seen, stop });
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        if (!(await isFetchDamaged(error, this.#fetchOptions()))) throw unreachable(this.#options.url, error);
        return this.#replace({ anyCommit, reason: error, stop });
      }
    });
  }

  /** @throws ServiceError not-found when the mirror never had the commit */
  readTree(commit: string): Promise<SourceTree> {
    return this.#mended(commit, () => this.#commits.readTree(commit));
  }

  /** The same, but for contents, which are read when somebody asks for them. @throws ServiceError not-found, so do those */
  async readFiles(commit: string): Promise<FileTree> {
    const { files, readContents } = await this.#mended(commit, () => this.#commits.readFiles(commit));
    return {
      files,
      readContents: (paths, isKnown) => this.#mended(commit, () => readContents(paths, isKnown)),
    };
  }

  /** Makes the folder hold the commit's files and nothing else. @throws ServiceError not-found when the mirror never had the commit */
  checkOut(commit: string, folder: string): Promise<void> {
    return this.#mended(commit, async () =>
      writeWorkingCopy(await this.#list(commit), this.#objects, folder),
    );
  }

  /** @throws ServiceError not-found when the mirror never had the commit */
  describe(commit: string): Promise<CommitDescription> {
    return this.#mended(commit, async () => {
      const { author, committer, subject, committedAt } = await this.#commits.read(commit);
      return { author, committer, subject, committedAt };
    });
  }

  /** Whether the mirror has it now. */
  has(commit: string): Promise<boolean> {
    return this.#commits.has([commit]);
  }

  /**
   * How a head, which the mirror has, does not go on from the one before it; null when it does, as nearly always, which costs no process,
   * or when counting takes too long. @throws ServiceError not-found
   */
  readRewritten({ before, head }: { readonly before: string; readonly head: string }) {
    return this.#mended(head, async (): Promise<RewrittenHistory | null> => {
      const { parents } = await this.#commits.read(head);
      if (parents.includes(before)) return null;
      if (await this.has(before)) return readRewritten({ before, head }, this.#fetchOptions());
      // With all of its history here the head does not come from a commit that is not.
      return { from: before, commits: null, isUnrelated: false };
    });
  }

  /** The full id of a commit by its beginning, when only one has that. @throws ServiceError not-found, bad-request */
  async findCommit(beginning: string): Promise<string> {
    requireBeginning(beginning);
    const found = await this.#objects.find(`${beginning}^{commit}`, 0);
    if (found !== null) return found.id;
    throw new ServiceError(
      "not-found",
      `Cannot find commit "${beginning}" of "${this.#options.url}": none begins so, or more than one does`,
    );
  }

  /** Why nobody who is known has signed the commit; null when somebody has. @throws ServiceError not-found */
  checkSignature(commit: string, signers: GitAccess): Promise<string | null> {
    return this.#mended(commit, async () => {
      const { isSigned } = await this.#commits.read(commit);
      if (!isSigned) return "it is not signed";
      return verifyCommit(commit, signers, this.#fetchOptions());
    });
  }

  /**
   * From now on the mirror has this commit, which it has now, whatever the branch does.
   * @throws ServiceError store-waiting, not-found when it has gone meanwhile
   */
  keep(commit: string): Promise<void> {
    return this.#exclusively(() => this.#packing.keep(this.#options, commit));
  }

  /**
   * Forgets the kept commits that nothing needs and what was fetched for old previews, and packs what many fetches have left, which may
   * take hours: fetches go on beside that. Returns how many were forgotten. @throws GitError
   */
  async tidy(stop: AbortSignal): Promise<number> {
    const { forgotten, packed } = await this.#exclusively(async () => {
      const forgotten = await this.#rewriting(() => forgetUnneeded(this.#options));
      // It has begun before anybody may want to end it.
      return { forgotten, packed: this.#rewriting(() => this.#packing.run(this.#options, forgotten, stop)) };
    });
    await packed;
    this.previews.clearStaleForks();
    return forgotten.commits;
  }

  /** Ends its git. The mirror may be used again. */
  async close(): Promise<void> {
    await this.previews.close();
    await this.#lastWrite.catch(() => undefined);
    await this.#packing.end();
    await this.#objects.close();
  }

  /** Ends its git and deletes it. */
  async remove(): Promise<void> {
    await this.close();
    const { folder } = this.#options;
    for (const each of [...(await listPutAside(folder)), folder])
      await rm(each, { recursive: true, force: true });
  }

  #fetchOptions(): { readonly git: Git; readonly url: string; readonly gitFolder: string } {
    const { git, url, folder } = this.#options;
    return { git, url, gitFolder: folder };
  }

  #run(args: readonly string[], gitFolder = this.#options.folder): Promise<string> {
    return this.#options.git.run(args, { gitFolder });
  }

  async #list(commit: string): Promise<TreeListing> {
    const { log, url, caches } = this.#options;
    const { listings } = caches;
    const known = listings.find(commit);
    if (known !== undefined) return known;
    // `ls-tree` knows no `--end-of-options`; a commit is hexadecimal digits, which the caller has checked.
    const listing = parseTreeListing(await this.#run(["ls-tree", "-r", "-l", "-z", "--full-tree", commit]));
    listings.add(commit, listing);
    const [first] = listing.skipped;
    if (first !== undefined)
      log.warn("Leaves paths out of working copies", {
        url,
        commit,
        paths: listing.skipped.length,
        ...first,
      });
    return listing;
  }

  /** Does what may find the mirror damaged, and does it again when it was and could be mended. */
  async #mended<T>(commit: string, action: () => Promise<T>): Promise<T> {
    try {
      const done = await action();
      if (commit === this.#damaged) await this.#endRepair();
      return done;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (!(await this.#shouldHave(commit))) throw this.#unknown(commit, error);
      if (!(await isDamaged(error, commit, this.#fetchOptions())))
        throw unreachable(this.#options.url, error);
      this.#options.caches.listings.forget(commit);
      this.#damaged = commit;
      await this.#exclusively(() => this.#replace({ anyCommit: commit, reason: error }));
      return action().catch((again: unknown) => {
        throw again instanceof GitError ? this.#unknown(commit, again) : again;
      });
    }
  }

  #unknown(commit: string, cause: GitError): ServiceError {
    const { url } = this.#options;
    const told = `Cannot read commit ${commit} of "${url}": the mirror does not have it`;
    return new ServiceError("not-found", told, { cause });
  }

  /** A commit that was never fetched is a wrong question; a mirror that lost one, or all, is damaged. */
  async #shouldHave(commit: string): Promise<boolean> {
    const { folder } = this.#options;
    return !(await exists(join(folder, "objects"))) || (await isKept(folder, commit));
  }

  /**
   * Makes the mirror anew and puts it in the place of the old one, with the old one's kept commits. Any id of a commit tells what its ids
   * are hashes of.
   */
  async #replace({ anyCommit, reason, stop }: Replacement): Promise<Heads> {
    const { folder, url, ids, clock } = this.#options;
    const fresh = `${folder}.${ids.next("new", clock.now())}`;
    try {
      const format = anyCommit.length === 64 ? ["--object-format=sha256"] : [];
      await this.#options.git.run(["init", "--bare", "--template=", ...format, "--", fresh]);
      const repaired = reason === undefined ? null : await this.#beginRepair(lastLine(reason.output));
      const isRescued = reason === undefined || (await rescueAll(this.#options, fresh));
      const branches = reason === undefined ? this.#branches : await this.#shownBranches();
      const heads = await this.#fetchInto(fresh, { branches, isFirst: true, stop });
      const lost = isRescued ? [] : await rescueEach(this.#options, fresh);
      await this.#packing.end();
      await this.#objects.close();
      await this.#rewriting(() => swapIn(fresh, folder));
      await repaired?.(lost);
      return heads;
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      throw error instanceof GitError ? unreachable(url, error) : error;
    }
  }

  /** Who begins meanwhile may see what is about to go, as may who has begun before. */
  async #rewriting<T>(rewrite: () => Promise<T>): Promise<T> {
    this.#rewrites += 1;
    try {
      return await rewrite();
    } finally {
      this.#rewrites += 1;
    }
  }

  /** Those that the other side still has, or all: a mirror is mended also where one of them was deleted. @throws ServiceError repository-unreachable */
  async #shownBranches(): Promise<readonly string[]> {
    const { heads } = await readRemoteHeads(this.#options.git, this.#options.url, this.#branches);
    return heads.size === 0 ? this.#branches : [...heads.keys()];
  }

  #beginRepair(reason: string): Promise<Repaired> {
    const { log, url, id, troubles } = this.#options;
    log.warn("Makes a damaged mirror anew", { url, reason });
    return troubles.beginRepair(id, reason);
  }

  /** It does what it is for, whether or not it was made anew. */
  async #endRepair(): Promise<void> {
    await this.#options.troubles.endRepair(this.#options.id);
  }

  async #fetchInto(gitFolder: string, request: FetchRequest): Promise<Heads> {
    const { git, url, folder } = this.#options;
    const isOwn = gitFolder === folder;
    // Its start takes as long as what it is asked then, and passes while git fetches.
    if (isOwn) this.#objects.open();
    const readCommit = (name: string): Promise<string> =>
      isOwn ? this.#readCommit(name) : this.#readCommitOf(gitFolder, name);
    const heads = await fetchHeads(request, { git, url, gitFolder, readCommit });
    if (isOwn) await this.#endRepair();
    return heads;
  }

  async #readCommit(name: string): Promise<string> {
    const found = await this.#objects.find(name, 0);
    if (found === null) throw new GitError(["cat-file"], `bad object ${name}`);
    return found.id;
  }

  /** Of one that is being made, which nobody reads from yet. */
  async #readCommitOf(gitFolder: string, name: string): Promise<string> {
    return (await this.#run(["rev-parse", "--verify", "--end-of-options", name], gitFolder)).trim();
  }

  #exclusively<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#lastWrite.catch(() => undefined).then(action);
    this.#lastWrite = turn;
    return turn;
  }
}
