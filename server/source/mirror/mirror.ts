import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { SourceTree } from "@headwater/workflow";
import type { Clock } from "../../clock.js";
import { ServiceError } from "../../errors.js";
import type { Ids } from "../../ids.js";
import type { Log } from "../../log.js";
import { BlobReader } from "../git/blob-reader.js";
import type { ContentCache } from "../git/content-cache.js";
import type { Git } from "../git/git.js";
import { GitError } from "../git/git-error.js";
import { explainRemoteFailure } from "../remote/remote-failure.js";
import { unreachable } from "../remote/remote.js";
import type { CommitDescription } from "../source.js";
import { readCommitTree } from "./commit-tree.js";
import { exists, swapIn } from "./folder-swap.js";
import { parseTreeListing, type TreeListing } from "./tree-listing.js";
import { writeWorkingCopy } from "./working-copy.js";

const HEAD = "refs/headwater/head";
/** One ref per commit that was ever deployed from: runs may need it after the branch has forgotten it. */
const KEPT = "refs/headwater/commits";
const FETCH_SILENCE_MS = 120_000;

export interface MirrorOptions {
  /** The bare repository; made when it is first fetched. */
  readonly folder: string;
  readonly url: string;
  readonly branch: string;
  readonly git: Git;
  /** By blob id. */
  readonly blobs: ContentCache<Uint8Array>;
  /** By commit. */
  readonly listings: ContentCache<TreeListing>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * A bare copy of one branch of one repository. A fetch that was killed leaves what git can go on from. A mirror that
 * is damaged all the same is made anew, beside the old one, which is replaced only when the new one is whole.
 */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #blobs: BlobReader;
  /** Fetching and replacing happen one at a time. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#blobs = new BlobReader({ git: options.git, gitFolder: options.folder, clock: options.clock });
  }

  /** Fetches the branch, which was just seen at `seen`. Returns its head. @throws ServiceError repository-unreachable */
  async fetch(seen: string): Promise<string> {
    return this.#exclusively(async () => {
      if (!(await exists(this.#options.folder))) return this.#replace();
      try {
        return await this.#fetchInto(this.#options.folder, seen);
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        if (!this.#isOurs(error) && explainRemoteFailure(error.output) !== null)
          throw unreachable(this.#options.url, error);
        return this.#replace(error);
      }
    });
  }

  /** @throws ServiceError not-found when the mirror never had the commit */
  readTree(commit: string): Promise<SourceTree> {
    return this.#mended(commit, async () => {
      const listing = await this.#list(commit);
      return readCommitTree(listing, this.#blobs, this.#options.blobs);
    });
  }

  /** Makes the folder hold the commit's files and nothing else. @throws ServiceError not-found when the mirror never had the commit */
  checkOut(commit: string, folder: string): Promise<void> {
    return this.#mended(commit, async () => writeWorkingCopy(await this.#list(commit), this.#blobs, folder));
  }

  /** @throws ServiceError not-found when the mirror never had the commit */
  describe(commit: string): Promise<CommitDescription> {
    return this.#mended(commit, async () => {
      const format = [
        "log",
        "-1",
        "--no-show-signature",
        "--format=%an%x00%ct%x00%s",
        "--end-of-options",
        commit,
      ];
      const [author = "", seconds = "", subject = ""] = (await this.#run(format)).split("\0");
      return { author, subject: subject.trimEnd(), committedAt: Number(seconds) * 1000 };
    });
  }

  /** Ends its git. The mirror may be used again. */
  async close(): Promise<void> {
    await this.#lastWrite.catch(() => undefined);
    await this.#blobs.close();
  }

  /** Ends its git and deletes it. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  #run(args: readonly string[], gitFolder = this.#options.folder): Promise<string> {
    return this.#options.git.run(args, { gitFolder });
  }

  async #list(commit: string): Promise<TreeListing> {
    const { listings, log, url } = this.#options;
    const known = listings.find(commit);
    if (known !== undefined) return known;
    // `ls-tree` knows no `--end-of-options`; a commit is hexadecimal digits, which the caller has checked.
    const listing = parseTreeListing(await this.#run(["ls-tree", "-r", "-l", "-z", "--full-tree", commit]));
    listings.add(commit, listing);
    for (const { path, reason } of listing.skipped) {
      log.warn("Leaves a path out of working copies", { url, commit, path, reason });
    }
    return listing;
  }

  /** Does what may find the mirror damaged, and does it again when it was and could be mended. */
  async #mended<T>(commit: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (!(await this.#shouldHave(commit))) throw this.#unknown(commit, error);
      this.#options.listings.forget(commit);
      await this.#exclusively(() => this.#replace(error));
      return action().catch((again: unknown) => {
        throw again instanceof GitError ? this.#unknown(commit, again) : again;
      });
    }
  }

  #unknown(commit: string, cause: GitError): ServiceError {
    const { url } = this.#options;
    return new ServiceError(
      "not-found",
      `Cannot read commit ${commit} of "${url}": the mirror does not have it`,
      {
        cause,
      },
    );
  }

  /** A commit that was never fetched is a wrong question; a mirror that lost one, or all, is damaged. */
  async #shouldHave(commit: string): Promise<boolean> {
    const { folder } = this.#options;
    return !(await exists(join(folder, "objects"))) || (await exists(join(folder, KEPT, commit)));
  }

  /** Makes the mirror anew and puts it in the place of the old one, with the old one's kept commits where they can be read. */
  async #replace(reason?: GitError): Promise<string> {
    const { folder, url, ids, clock, log } = this.#options;
    const fresh = `${folder}.${ids.next("new", clock.now())}`;
    try {
      await this.#options.git.run(["init", "--bare", "--template=", "--", fresh]);
      if (reason !== undefined) {
        log.warn("Makes a damaged mirror anew", { url, reason: reason.output });
        await this.#rescueKept(fresh);
      }
      const head = await this.#fetchInto(fresh);
      await this.#blobs.close();
      await swapIn(fresh, folder);
      return head;
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      throw error instanceof GitError ? unreachable(url, error) : error;
    }
  }

  /** Git speaks of the mirror, not of the other side. */
  #isOurs(error: GitError): boolean {
    return (
      error.output.includes(this.#options.folder) || /bad object|corrupt|did not send all/.test(error.output)
    );
  }

  async #rescueKept(fresh: string): Promise<void> {
    const { folder, log, url } = this.#options;
    const old = [
      "--no-tags",
      "--no-write-fetch-head",
      "--quiet",
      "--end-of-options",
      folder,
      `+${KEPT}/*:${KEPT}/*`,
    ];
    await this.#run(["fetch", ...old], fresh).catch((error: unknown) => {
      const reason = error instanceof GitError ? error.output : String(error);
      log.warn("Cannot keep commits of the damaged mirror that the branch no longer has", { url, reason });
    });
  }

  /** The commit that was seen is kept by the fetch itself; only when the branch has moved meanwhile it takes a command more. */
  async #fetchInto(gitFolder: string, seen?: string): Promise<string> {
    const { git, url, branch } = this.#options;
    const refspecs = [HEAD, ...(seen === undefined ? [] : [`${KEPT}/${seen}`])].map(
      (ref) => `+refs/heads/${branch}:${ref}`,
    );
    // Progress on the error stream is what tells a long transfer from a dead host.
    const flags = ["--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
    await git.run(["fetch", ...flags, "--end-of-options", url, ...refspecs], {
      gitFolder,
      silenceMs: FETCH_SILENCE_MS,
    });
    const head = (
      await this.#run(["rev-parse", "--verify", "--end-of-options", `${HEAD}^{commit}`], gitFolder)
    ).trim();
    if (head !== seen)
      await this.#run(["update-ref", "--end-of-options", `${KEPT}/${head}`, head], gitFolder);
    return head;
  }

  #exclusively<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#lastWrite.catch(() => undefined).then(action);
    this.#lastWrite = turn;
    return turn;
  }
}
