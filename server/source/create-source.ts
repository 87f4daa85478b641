import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SourceTree } from "@headwater/workflow";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { RepositoryRow, RunRow, Store } from "../store/store.js";
import { readBootId } from "./boot-id.js";
import { requireCommitId } from "./commit-id.js";
import { readDeclaredRepositories } from "./declared-repositories.js";
import { bothRefusals, nameTaken, refuseTaken, requireName, type Followed } from "./followed.js";
import { Follower } from "./follower.js";
import { Followers } from "./followers.js";
import { createGit, type Git } from "./git/git.js";
import { requireGit } from "./git/git-version.js";
import { signersAccess, type SignersOptions } from "./git/signers.js";
import { isPutAside, removeLeftovers, undoTornSwaps } from "./mirror/folder-swap.js";
import { Mirror } from "./mirror/mirror.js";
import { createMirrorCaches } from "./mirror/mirror-caches.js";
import { parseBranchName } from "./remote/branch-name.js";
import { createGitCredentials, type GitCredentialsOptions } from "./remote/git-credentials.js";
import { listRemoteBranches, readRemoteHead, requireBranch } from "./remote/remote.js";
import { parseRepositoryUrl, repositoryName } from "./remote/repository-url.js";
import { HostPlaces } from "./host-places.js";
import { newRepository } from "./new-repository.js";
import { pollPaceMs } from "./poll-pace.js";
import { RetiredMirrors } from "./retired-mirrors.js";
import type { CommitDescription, MergePreview, MergeRequest, OnCommit, Source } from "./source.js";
import { SourceTroubles, type SourceTroublesOptions } from "./source-troubles.js";
import { tidyMirrors } from "./tidy-mirrors.js";
import { unknownRepository } from "./unknown-repository.js";
import { WorkingCopies } from "./working-copies.js";

const MIRROR = /^(.+)\.git$/;

export interface SourceOptions extends SignersOptions, GitCredentialsOptions {
  /** Mirrors are kept in its `mirrors/`, working copies in its `trees/`. */
  readonly dataFolder: string;
  readonly store: SourceTroublesOptions["store"] &
    Pick<
      Store,
      | "saveRepository"
      | "removeRepository"
      | "listRepositories"
      | "listUnfinishedRuns"
      | "filterNeededCommits"
    >;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: ChangeFeed;
  readonly pollIntervalMs: number;
  /** A file of JSON with repositories that are to be followed, beside those that were added. */
  readonly repositoriesFile?: string | null;
  readonly onCommit: OnCommit;
  readonly log: Log;
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
  readonly #caches = createMirrorCaches();
  readonly #places: HostPlaces;
  readonly #copies: WorkingCopies;
  readonly #followers = new Followers();
  readonly #retired: RetiredMirrors;

  constructor(options: SourceOptions & { readonly troubles: SourceTroubles }) {
    this.#options = options;
    this.#places = new HostPlaces(options.clock);
    this.#mirrorsFolder = join(options.dataFolder, "mirrors");
    const folder = join(options.dataFolder, "trees");
    this.#copies = new WorkingCopies({ ...options, folder, bootId: readBootId() });
    this.#retired = new RetiredMirrors(options.store);
    const credentials = createGitCredentials(options);
    this.#git = createGit({
      ...options,
      folder: this.#mirrorsFolder,
      stop: this.#stop.signal,
      accessTo: (url) => credentials.find(url),
    });
  }

  async start(): Promise<void> {
    const declared = await readDeclaredRepositories(this.#options.repositoriesFile ?? null);
    await mkdir(this.#mirrorsFolder, { recursive: true });
    await requireGit(this.#git);
    await undoTornSwaps(this.#mirrorsFolder);
    await removeLeftovers(this.#mirrorsFolder, (name) => !MIRROR.test(name) && !isPutAside(name));
    await this.#options.troubles.start();
    await this.#copies.start(new Set((await this.#options.store.listUnfinishedRuns()).map(({ id }) => id)));
    for (const row of await this.#options.store.listRepositories()) void this.#follow(row).check();
    for (const wanted of declared) await this.#declare(wanted);
    await this.#retireUnknown();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#followers.values()].map((follower) => follower.stop()));
    await Promise.all([this.#retired.stop(), this.#copies.stop()]);
  }

  async addRepository(request: { readonly url: string; readonly branch?: string; readonly name?: string }) {
    const url = parseRepositoryUrl(request.url);
    const name = requireName(request.name ?? repositoryName(url));
    const wanted = request.branch === undefined ? null : parseBranchName(request.branch);
    const taken = nameTaken(this.#rows(), name);
    const { branch, head } = await this.#findHead(url, wanted).catch((error: unknown) => {
      throw taken !== null && error instanceof ServiceError ? bothRefusals(taken, error) : error;
    });
    if (taken !== null) throw taken;
    return this.#register({ name, url, branch }, head);
  }

  /** It keeps its id, its mirror, and so what is deployed of it: only where it is found, or which branch counts, is another. */
  async changeRepository(
    nameOrId: string,
    change: { readonly url?: string; readonly branch?: string; readonly name?: string },
  ): Promise<RepositoryRow> {
    const follower = this.#find(nameOrId);
    const { row } = follower;
    const wanted = {
      name: requireName(change.name ?? row.name),
      url: parseRepositoryUrl(change.url ?? row.url),
      branch: parseBranchName(change.branch ?? row.branch),
    };
    refuseTaken(this.#rows(), wanted, row.id);
    if (wanted.url !== row.url || wanted.branch !== row.branch)
      await this.#findHead(wanted.url, wanted.branch);
    return this.#move(follower, wanted);
  }

  /** It is followed until the store has forgotten it; its turns end before, since each would write it anew. */
  async removeRepository(nameOrId: string): Promise<void> {
    const follower = this.#find(nameOrId);
    const { id } = follower.row;
    await follower.stop();
    try {
      await this.#options.store.removeRepository(id);
    } catch (error) {
      if (this.#followers.get(id) === follower) void this.#follow(follower.row, follower.mirror).check();
      throw error;
    }
    // Somebody else may have asked for it meanwhile.
    if (this.#followers.get(id) !== follower) return;
    this.#retired.add(id, follower.mirror);
    this.#followers.delete(id);
    await this.#retired.settle(id);
    this.#publish(id);
  }

  async syncRepository(nameOrId: string): Promise<RepositoryRow> {
    const follower = this.#find(nameOrId);
    await follower.sync();
    if (follower.failure !== null) throw follower.failure;
    return follower.row;
  }

  async hint(url: string | null, ref: string | null = null): Promise<number> {
    const meant = this.#followers.findMeant(url, ref);
    for (const follower of meant) void follower.hint();
    return meant.length;
  }

  async readTree(repositoryId: string, commit: string): Promise<SourceTree> {
    return this.#mirrorOf(repositoryId, commit).readTree(commit);
  }

  async checkOut({ id, repositoryId, commit }: Pick<RunRow, "id" | "repositoryId" | "commit">) {
    requireCommitId(commit);
    const mirror = this.#retired.find(repositoryId) ?? this.#find(repositoryId).mirror;
    return this.#copies.obtain(id, (folder) => mirror.checkOut(commit, folder));
  }

  endRun(run: Pick<RunRow, "id" | "repositoryId">): void {
    this.#copies.discard(run.id);
    this.#retired.endRun(run).catch((error: unknown) => {
      const reason = String(error);
      this.#options.log.warn("Cannot delete the mirror of a removed repository", { run: run.id, reason });
    });
  }

  tidy(stop: AbortSignal): Promise<number> {
    return tidyMirrors(this.#followers.values(), this.#options, stop);
  }

  async previewMerge(id: string, request: MergeRequest): Promise<MergePreview | null> {
    return this.#mirrorOf(id, request.head).previewMerge(request);
  }

  async forgetPreview(repositoryId: string, ref: string): Promise<void> {
    await this.#find(repositoryId).mirror.forgetPreview(ref);
  }

  async describeCommit(repositoryId: string, commit: string): Promise<CommitDescription> {
    return this.#mirrorOf(repositoryId, commit).describe(commit);
  }

  async readRewritten(repositoryId: string, heads: { readonly before: string; readonly head: string }) {
    return this.#mirrorOf(repositoryId, heads.head).readRewritten(heads);
  }

  async findCommit(repositoryId: string, beginning: string): Promise<string> {
    return this.#find(repositoryId).mirror.findCommit(beginning);
  }

  async fetchBranch(repositoryId: string, name: string): Promise<string> {
    const { row, mirror } = this.#find(repositoryId);
    const { branch } = await this.#findHead(row.url, parseBranchName(name));
    return mirror.fetchBranch(branch);
  }

  async checkSignature(repositoryId: string, commit: string): Promise<string | null> {
    const signers = signersAccess(this.#options);
    if (signers !== null) return this.#mirrorOf(repositoryId, commit).checkSignature(commit, signers);
    return "the service knows no signers. Name them by HEADWATER_ALLOWED_SIGNERS_FILE or HEADWATER_GNUPG_FOLDER";
  }

  async keepCommit(repositoryId: string, commit: string): Promise<void> {
    await this.#mirrorOf(repositoryId, commit).keep(commit);
  }

  /** Of the file, which counts at every start: it adds and changes, and never removes. The host need not answer now. */
  async #declare(wanted: Followed): Promise<void> {
    const follower = [...this.#followers.values()].find(({ row }) => row.name === wanted.name);
    refuseTaken(this.#rows(), wanted, follower?.row.id);
    if (follower !== undefined) return void (await this.#move(follower, wanted));
    const row = newRepository(wanted, this.#options);
    await this.#options.store.saveRepository(row);
    void this.#follow(row).check();
  }

  async #move(follower: Follower, wanted: Followed): Promise<RepositoryRow> {
    const { row, mirror } = follower;
    const isSame = (["name", "url", "branch"] as const).every((key) => wanted[key] === row[key]);
    if (isSame) return row;
    await follower.stop();
    // Somebody else may have asked for another change meanwhile, or have removed it.
    if (this.#followers.get(row.id) !== follower) throw unknownRepository(row.name);
    // What the branch of before had is no head of this one.
    const headCommit = wanted.branch === row.branch ? follower.row.headCommit : null;
    const moved = { ...follower.row, ...wanted, headCommit, problem: null };
    try {
      refuseTaken(this.#rows(), wanted, row.id);
      await this.#save(moved);
    } catch (error) {
      void this.#follow(follower.row, mirror).check();
      throw error;
    }
    mirror.follow(wanted);
    return this.#follow(moved, mirror).firstCheck();
  }

  /** Refused before it is asked for and again after: two requests for one name may be under way. */
  async #register(wanted: Followed, head: string) {
    refuseTaken(this.#rows(), wanted);
    const row = newRepository(wanted, this.#options);
    const follower = this.#follow(row);
    try {
      await follower.mirror.fetch(head);
      await this.#options.store.saveRepository(row);
    } catch (error) {
      this.#followers.delete(row.id);
      await follower.stop();
      await follower.mirror.remove();
      throw error;
    }
    return follower.firstCheck();
  }

  async #findHead(url: string, wanted: string | null) {
    const remote = await listRemoteBranches(this.#git, url);
    const branch = wanted ?? parseBranchName(remote.defaultBranch ?? "main");
    return { branch, head: requireBranch(remote, url, branch) };
  }

  #rows(): readonly RepositoryRow[] {
    return [...this.#followers.values()].map(({ row }) => row);
  }

  #follow(row: RepositoryRow, mirror = this.#mirror(row)): Follower {
    const { url, branch } = row;
    const follower = new Follower(row, {
      ...this.#options,
      mirror,
      readHead: () => readRemoteHead(this.#git, url, branch),
      save: (changed) => this.#save(changed),
      places: this.#places,
      paceMs: (quietForMs) =>
        pollPaceMs({ ...this.#options, repositories: this.#followers.size, quietForMs }),
    });
    this.#followers.set(row.id, follower);
    return follower;
  }

  /** A repository was removed by an earlier life of the service: its mirror may have runs that still need it. */
  async #retireUnknown(): Promise<void> {
    for (const name of await readdir(this.#mirrorsFolder)) {
      const id = MIRROR.exec(name)?.[1];
      if (id === undefined || this.#followers.has(id)) continue;
      this.#retired.add(id, this.#mirror({ id, url: "a repository that was removed", branch: "" }));
      await this.#retired.settle(id);
    }
  }

  #mirror({ id, ...followed }: Pick<RepositoryRow, "id" | "url" | "branch">): Mirror {
    return new Mirror({
      ...this.#options,
      ...followed,
      id,
      folder: join(this.#mirrorsFolder, `${id}.git`),
      git: this.#git,
      caches: this.#caches,
      filterNeeded: (commits) => this.#options.store.filterNeededCommits(id, commits),
    });
  }

  async #save(row: RepositoryRow): Promise<void> {
    await this.#options.store.saveRepository(row);
    this.#publish(row.id);
  }

  #publish(repositoryId: string): void {
    this.#options.feed.publish([{ kind: "repository", repositoryId }]);
  }

  #find(nameOrId: string): Follower {
    for (const follower of this.#followers.values()) {
      if (follower.row.id === nameOrId || follower.row.name === nameOrId) return follower;
    }
    throw unknownRepository(nameOrId);
  }

  #mirrorOf(repositoryId: string, commit: string): Mirror {
    requireCommitId(commit);
    return this.#find(repositoryId).mirror;
  }
}
