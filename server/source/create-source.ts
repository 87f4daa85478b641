import { readFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SourceTree } from "@headwater/workflow";
import type { ChangeFeed } from "../changes/change-feed.js";
import { sleep, type Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { RepositoryRow, RunRow, Store } from "../store/store.js";
import { Follower } from "./follower.js";
import { createGit, type Git } from "./git/git.js";
import { removeLeftovers, undoTornSwaps } from "./mirror/folder-swap.js";
import { Mirror } from "./mirror/mirror.js";
import { createMirrorCaches } from "./mirror/mirror-caches.js";
import { parseBranchName } from "./remote/branch-name.js";
import { listRemoteBranches, readRemoteHead, requireBranch } from "./remote/remote.js";
import { parseRepositoryUrl, repositoryKey, repositoryName } from "./remote/repository-url.js";
import { RetiredMirrors } from "./retired-mirrors.js";
import type { CommitDescription, OnCommit, Source } from "./source.js";
import { Turnstile } from "./turnstile.js";
import { unknownRepository } from "./unknown-repository.js";
import { WorkingCopies } from "./working-copies.js";

/** Repositories that are asked for news at once. */
const MAX_POLLS = 8;
/** The answer to adding a repository waits this long for its first deployment. */
const FIRST_CHECK_MS_MAX = 10_000;
const MIRROR = /^(.+)\.git$/;
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const COMMIT_BEGINNING = /^[0-9a-f]{7,64}$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export interface SourceOptions {
  /** Mirrors are kept in its `mirrors/`, working copies in its `trees/`. */
  readonly dataFolder: string;
  readonly store: Pick<
    Store,
    "saveRepository" | "removeRepository" | "listRepositories" | "listUnfinishedRuns"
  >;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: ChangeFeed;
  readonly pollIntervalMs: number;
  readonly onCommit: OnCommit;
  readonly log: Log;
  /** The service's own environment: git gets the few variables it needs from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Follows repositories by git, each in a bare mirror of its own. `start` it after the store. */
export function createSource(options: SourceOptions): Source {
  return new GitSource(options);
}

class GitSource implements Source {
  readonly #options: SourceOptions;
  readonly #mirrorsFolder: string;
  readonly #stop = new AbortController();
  readonly #git: Git;
  readonly #caches = createMirrorCaches();
  readonly #polls = new Turnstile(MAX_POLLS);
  readonly #copies: WorkingCopies;
  readonly #followers = new Map<string, Follower>();
  readonly #retired: RetiredMirrors;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#mirrorsFolder = join(options.dataFolder, "mirrors");
    const trees = join(options.dataFolder, "trees");
    this.#copies = new WorkingCopies({ ...options, folder: trees, bootId: readBootId() });
    this.#retired = new RetiredMirrors(options.store);
    this.#git = createGit({ ...options, folder: this.#mirrorsFolder, stop: this.#stop.signal });
  }

  async start(): Promise<void> {
    await mkdir(this.#mirrorsFolder, { recursive: true });
    await undoTornSwaps(this.#mirrorsFolder);
    await removeLeftovers(this.#mirrorsFolder, (name) => !MIRROR.test(name));
    const unfinished = await this.#options.store.listUnfinishedRuns();
    await this.#copies.start(new Set(unfinished.map(({ id }) => id)));
    for (const row of await this.#options.store.listRepositories()) void this.#follow(row).check();
    await this.#retireUnknown();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#followers.values()].map((follower) => follower.stop()));
    await Promise.all([this.#retired.stop(), this.#copies.stop()]);
  }

  async addRepository(request: { readonly url: string; readonly branch?: string; readonly name?: string }) {
    const url = parseRepositoryUrl(request.url);
    const name = request.name ?? repositoryName(url);
    if (!NAME.test(name)) {
      throw new ServiceError(
        "bad-request",
        `Cannot name a repository "${name}": use at most 63 of a-z, 0-9, ".", "_" and "-", the first a letter or a digit`,
      );
    }
    const wanted = request.branch === undefined ? null : parseBranchName(request.branch);
    const taken = this.#nameTaken(name);
    const { branch, head } = await this.#findHead(url, wanted).catch((error: unknown) => {
      throw taken !== null && error instanceof ServiceError ? bothRefusals(taken, error) : error;
    });
    if (taken !== null) throw taken;
    return this.#register({ name, url, branch }, head);
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

  async hint(url: string | null): Promise<number> {
    const key = url === null ? null : repositoryKey(url);
    const meant = [...this.#followers.values()].filter(
      ({ row }) => key === null || repositoryKey(row.url) === key,
    );
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

  async describeCommit(repositoryId: string, commit: string): Promise<CommitDescription> {
    return this.#mirrorOf(repositoryId, commit).describe(commit);
  }

  async findCommit(repositoryId: string, beginning: string): Promise<string> {
    if (COMMIT_BEGINNING.test(beginning)) return this.#find(repositoryId).mirror.findCommit(beginning);
    throw new ServiceError(
      "bad-request",
      `Cannot find commit "${beginning}": give 7 or more hexadecimal digits of its id`,
    );
  }

  async keepCommit(repositoryId: string, commit: string): Promise<void> {
    await this.#mirrorOf(repositoryId, commit).keep(commit);
  }

  /** Refused before it is asked for and again after: two requests for one name may be under way. */
  async #register(
    wanted: { readonly name: string; readonly url: string; readonly branch: string },
    head: string,
  ) {
    const { clock, ids, store } = this.#options;
    this.#refuseTaken(wanted.name, wanted);
    const now = clock.now();
    const row = {
      ...wanted,
      id: ids.next("repo", now),
      createdAt: now,
      headCommit: null,
      checkedAt: null,
      problem: null,
    };
    const follower = this.#follow(row);
    try {
      await follower.mirror.fetch(head);
      await store.saveRepository(row);
    } catch (error) {
      this.#followers.delete(row.id);
      await follower.stop();
      await follower.mirror.remove();
      throw error;
    }
    await this.#firstCheck(follower);
    return follower.row;
  }

  /** Whoever added a repository sees what became of its first commit, unless that takes long: it goes on without them. */
  async #firstCheck(follower: Follower): Promise<void> {
    const checked = new AbortController();
    await Promise.race([follower.check(), sleep(this.#options.clock, FIRST_CHECK_MS_MAX, checked.signal)]);
    checked.abort();
  }

  async #findHead(url: string, wanted: string | null) {
    const remote = await listRemoteBranches(this.#git, url);
    const branch = wanted ?? parseBranchName(remote.defaultBranch ?? "main");
    return { branch, head: requireBranch(remote, url, branch) };
  }

  #nameTaken(name: string): ServiceError | null {
    const owner = [...this.#followers.values()].find(({ row }) => row.name === name);
    if (owner === undefined) return null;
    return new ServiceError(
      "repository-exists",
      `Cannot add repository "${name}": the name is taken by "${owner.row.url}". Give another one, with --name on the command line`,
    );
  }

  #refuseTaken(name: string, wanted: { readonly url: string; readonly branch: string }): void {
    const taken = this.#nameTaken(name);
    if (taken !== null) throw taken;
    for (const { row } of this.#followers.values()) {
      if (wanted.branch === row.branch && repositoryKey(wanted.url) === repositoryKey(row.url)) {
        throw new ServiceError(
          "repository-exists",
          `Cannot add repository "${name}": branch "${row.branch}" of "${row.url}" is followed already, as "${row.name}"`,
        );
      }
    }
  }

  #follow(row: RepositoryRow, mirror = this.#mirror(row)): Follower {
    const { url, branch } = row;
    const follower = new Follower(row, {
      ...this.#options,
      mirror,
      readHead: () => readRemoteHead(this.#git, url, branch),
      save: (changed) => this.#save(changed),
      polls: this.#polls,
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

  #mirror({ id, url, branch }: Pick<RepositoryRow, "id" | "url" | "branch">): Mirror {
    return new Mirror({
      ...this.#options,
      url,
      branch,
      folder: join(this.#mirrorsFolder, `${id}.git`),
      git: this.#git,
      caches: this.#caches,
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

/** Who mends one of two is not to find the other only then. */
function bothRefusals(first: ServiceError, second: ServiceError): ServiceError {
  const { code, message, data } = first;
  return new ServiceError(code, `${message}. And: ${second.message}`, { cause: second, data });
}

function requireCommitId(commit: string): void {
  if (COMMIT.test(commit)) return;
  throw new ServiceError("bad-request", `Cannot read commit "${commit}": it is not a full commit id`);
}

/** Source: random(4). Linux only. */
function readBootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}
