import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { SourceTree } from "@headwater/workflow";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { RepositoryRow, RunRow } from "../store/store.js";
import { readBootId } from "./boot-id.js";
import { CheckedTimes, type CheckedTimesOptions } from "./checked-times.js";
import { requireCommitId } from "./commit-id.js";
import { createGit, type Git } from "./git/git.js";
import type { GitAccess } from "./git/git-environment.js";
import { requireGit } from "./git/git-version.js";
import { signersAccess, type SignersOptions } from "./git/signers.js";
import { isPutAside, removeLeftovers, undoTornSwaps } from "./mirror/folder-swap.js";
import type { CommitDescription } from "./mirror/commit-object.js";
import type { FetchLimits } from "./mirror/limited-fetch.js";
import type { Mirror } from "./mirror/mirror.js";
import { Registrations, MIRROR, type RegistrationsOptions } from "./registrations.js";
import { parseBranchName } from "./remote/branch-name.js";
import { createHeadsCheck } from "./remote/heads-check.js";
import { createGitCredentials, type GitCredentialsOptions } from "./remote/git-credentials.js";
import type {
  ChangedRegistration,
  MergePreview,
  MergeRequest,
  NewRegistration,
  Source,
  SourceListeners,
} from "./source.js";
import { SourceTroubles } from "./source-troubles.js";
import { tidyMirrors } from "./tidy-mirrors.js";
import { WorkingCopies } from "./working-copies.js";

export interface SourceOptions extends SourceListeners, SignersOptions, GitCredentialsOptions {
  /** Mirrors are kept in its `mirrors/`, working copies in its `trees/`. */
  readonly dataFolder: string;
  readonly store: RegistrationsOptions["store"] & CheckedTimesOptions["store"];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: ChangeFeed;
  readonly pollIntervalMs: number;
  /** A file of JSON with repositories that are to be followed, beside those that were added. */
  readonly repositoriesFile?: string | null;
  readonly log: Log;
  /** What one fetch of a fork may take. Default: `FORK_LIMITS`. */
  readonly forkLimits?: FetchLimits;
  /** The service's own environment: git gets the few variables it needs from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Follows repositories by git, each in a bare mirror of its own. `start` it after the store. */
export function createSource(options: SourceOptions): Source {
  return new GitSource({ ...options, troubles: new SourceTroubles(options) });
}

class GitSource implements Source {
  readonly #options: SourceOptions & { readonly troubles: SourceTroubles };
  readonly #mirrorsFolder: string;
  readonly #stop = new AbortController();
  readonly #git: Git;
  readonly #copies: WorkingCopies;
  readonly #checkedTimes: CheckedTimes;
  readonly #registrations: Registrations;

  constructor(options: SourceOptions & { readonly troubles: SourceTroubles }) {
    this.#options = options;
    this.#mirrorsFolder = join(options.dataFolder, "mirrors");
    const folder = join(options.dataFolder, "trees");
    this.#copies = new WorkingCopies({ ...options, folder, bootId: readBootId() });
    this.#checkedTimes = new CheckedTimes(options);
    const credentials = createGitCredentials(options);
    const accessTo = (url: string): Promise<GitAccess> => credentials.find(url);
    this.#git = createGit({
      ...options,
      folder: this.#mirrorsFolder,
      stop: this.#stop.signal,
      accessTo,
    });
    this.#registrations = new Registrations({
      ...options,
      checkedTimes: this.#checkedTimes,
      mirrorsFolder: this.#mirrorsFolder,
      git: this.#git,
      hasHeads: createHeadsCheck({ ...options, accessTo, stop: this.#stop.signal }),
    });
  }

  async start(): Promise<void> {
    await this.#registrations.readFile();
    await mkdir(this.#mirrorsFolder, { recursive: true });
    await requireGit(this.#git);
    await undoTornSwaps(this.#mirrorsFolder);
    await removeLeftovers(this.#mirrorsFolder, (name) => !MIRROR.test(name) && !isPutAside(name));
    await this.#options.troubles.start();
    const unfinished = await this.#options.store.listUnfinishedRuns();
    await this.#copies.start(new Set(unfinished.map(({ id }) => id)));
    await this.#registrations.start();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#registrations.stop();
    await this.#checkedTimes.stop();
    await this.#copies.stop();
  }

  addRepository(request: NewRegistration): Promise<RepositoryRow> {
    return this.#registrations.add(request);
  }

  changeRepository(nameOrId: string, change: ChangedRegistration): Promise<RepositoryRow> {
    return this.#registrations.change(nameOrId, change);
  }

  removeRepository(nameOrId: string): Promise<void> {
    return this.#registrations.remove(nameOrId);
  }

  syncRepository(nameOrId: string): Promise<RepositoryRow> {
    return this.#registrations.sync(nameOrId);
  }

  checkDeclared(repositoryId: string): void {
    void this.#registrations.followers.get(repositoryId)?.check();
  }

  async hint(url: string | null, ref: string | null = null): Promise<number> {
    const meant = this.#registrations.followers.findMeant(url, ref);
    for (const follower of meant) void follower.hint();
    return meant.length;
  }

  redirectOf(repositoryId: string): string | null {
    return this.#registrations.followers.redirectOf(repositoryId);
  }

  async readTree(repositoryId: string, commit: string): Promise<SourceTree> {
    return this.#mirrorOf(repositoryId, commit).readTree(commit);
  }

  async checkOut({ id, repositoryId, commit }: Pick<RunRow, "id" | "repositoryId" | "commit">) {
    requireCommitId(commit);
    const mirror =
      this.#registrations.retired.find(repositoryId) ?? this.#registrations.find(repositoryId).mirror;
    return this.#copies.obtain(id, mirror, (folder) => mirror.checkOut(commit, folder));
  }

  endRun(run: Pick<RunRow, "id" | "repositoryId">): void {
    this.#copies.discard(run.id);
    this.#registrations.retired.endRun(run).catch((error: unknown) => {
      const reason = String(error);
      this.#options.log.warn("Cannot delete the mirror of a removed repository", { run: run.id, reason });
    });
  }

  tidy(stop: AbortSignal): Promise<number> {
    return tidyMirrors(this.#registrations.followers.values(), this.#options, stop);
  }

  async previewMerge(id: string, request: MergeRequest): Promise<MergePreview | null> {
    return this.#mirrorOf(id, request.head).previews.merge(request);
  }

  async forgetPreview(repositoryId: string, ref: string): Promise<void> {
    await this.#registrations.find(repositoryId).mirror.previews.forget(ref);
  }

  async describeCommit(repositoryId: string, commit: string): Promise<CommitDescription> {
    return this.#mirrorOf(repositoryId, commit).describe(commit);
  }

  async readRewritten(repositoryId: string, heads: { readonly before: string; readonly head: string }) {
    return this.#mirrorOf(repositoryId, heads.head).readRewritten(heads);
  }

  async findCommit(repositoryId: string, beginning: string): Promise<string> {
    return this.#registrations.find(repositoryId).mirror.findCommit(beginning);
  }

  async fetchBranch(repositoryId: string, name: string): Promise<string> {
    const { row, mirror } = this.#registrations.find(repositoryId);
    const branch = await this.#registrations.findBranch(row.url, parseBranchName(name));
    return mirror.previews.fetchBranch(branch);
  }

  async checkSignature(repositoryId: string, commit: string): Promise<string | null> {
    const signers = signersAccess(this.#options);
    if (signers !== null) return this.#mirrorOf(repositoryId, commit).checkSignature(commit, signers);
    return "the service knows no signers. Name them by HEADWATER_ALLOWED_SIGNERS_FILE or HEADWATER_GNUPG_FOLDER";
  }

  async keepCommit(repositoryId: string, commit: string): Promise<void> {
    await this.#mirrorOf(repositoryId, commit).keep(commit);
  }

  #mirrorOf(repositoryId: string, commit: string): Mirror {
    requireCommitId(commit);
    return this.#registrations.find(repositoryId).mirror;
  }
}
