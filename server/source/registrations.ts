import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import type { RepositoryRow, Store } from "../store/store.js";
import type { CheckedTimes } from "./checked-times.js";
import { readDeclaredRepositories } from "./declared-repositories.js";
import {
  bothRefusals,
  findFollowing,
  followsByDefault,
  nameTaken,
  refuseDeclared,
  refuseTaken,
  requireName,
  type Listed,
  type Registered,
} from "./followed.js";
import { Follower } from "./follower.js";
import { Followers } from "./followers.js";
import type { Git } from "./git/git.js";
import { HostPlaces } from "./host-places.js";
import { Mirror, type MirrorOptions } from "./mirror/mirror.js";
import { createMirrorCaches } from "./mirror/mirror-caches.js";
import { newRepository } from "./new-repository.js";
import { pollPaceMs } from "./poll-pace.js";
import { parseBranchName } from "./remote/branch-name.js";
import type { HasHeads } from "./remote/heads-check.js";
import { listRemoteBranches, readRemoteHeads, requireBranch } from "./remote/remote.js";
import { parseRepositoryUrl, repositoryName } from "./remote/repository-url.js";
import { RetiredMirrors } from "./retired-mirrors.js";
import { othersOf, settleDeclared } from "./settle-declared.js";
import type { SourceTroubles, SourceTroublesOptions } from "./source-troubles.js";
import type { ChangedRegistration, NewRegistration, SourceListeners } from "./source.js";
import { unknownRepository } from "./unknown-repository.js";

/** The name of a mirror's folder. */
export const MIRROR = /^(.+)\.git$/;

export interface RegistrationsOptions extends SourceListeners, Pick<MirrorOptions, "forkLimits"> {
  readonly store: SourceTroublesOptions["store"] &
    Pick<
      Store,
      | "saveRepository"
      | "removeRepository"
      | "listRepositories"
      | "findDeployedEnvironments"
      | "listUnfinishedRuns"
      | "filterNeededCommits"
    >;
  readonly troubles: SourceTroubles;
  readonly checkedTimes: CheckedTimes;
  readonly mirrorsFolder: string;
  readonly git: Git;
  readonly hasHeads: HasHeads;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: ChangeFeed;
  readonly pollIntervalMs: number;
  readonly repositoriesFile?: string | null;
  readonly log: Log;
}

/** Which repositories are followed: who has registered them, in what mirror each is, and what becomes of one that is left. */
export class Registrations {
  readonly #options: RegistrationsOptions;
  readonly #caches = createMirrorCaches();
  readonly #places: HostPlaces;
  readonly #followers: Followers;
  readonly #retired: RetiredMirrors;
  /** Those of the file: what they follow nobody else comes to follow, in whatever order they are reached. */
  #listed: readonly Listed[] = [];

  constructor(options: RegistrationsOptions) {
    this.#options = options;
    this.#followers = new Followers(options.log);
    this.#places = new HostPlaces(options.clock);
    this.#retired = new RetiredMirrors(options.store);
  }

  /** @throws ServiceError bad-request for a file that cannot be followed */
  async readFile(): Promise<void> {
    this.#listed = await readDeclaredRepositories(this.#options.repositoriesFile ?? null);
  }

  /** Begins to follow all of them. */
  async start(): Promise<void> {
    const rows = await this.#options.store.listRepositories();
    for (const row of rows.filter(({ declared }) => declared === null)) {
      const declared = rows.filter((one) => one.declared?.by === row.id);
      this.#follow(row, declared);
    }
    // Before anybody is asked: a host that is silent keeps no start waiting.
    for (const wanted of this.#listed) await this.#declare(wanted);
    for (const follower of this.#followers.values()) void follower.check();
    await this.#retireUnknown();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#followers.values()].map((follower) => follower.stop()));
    await this.#retired.stop();
  }

  get followers(): Followers {
    return this.#followers;
  }

  get retired(): RetiredMirrors {
    return this.#retired;
  }

  /** See `Source.addRepository`. */
  async add(request: NewRegistration): Promise<RepositoryRow> {
    const url = parseRepositoryUrl(request.url);
    const name = requireName(request.name ?? repositoryName(url));
    const wanted = request.branch === undefined ? null : parseBranchName(request.branch);
    const taken = nameTaken(this.#followers.rows(), name);
    const branch = await this.findBranch(url, wanted).catch((error: unknown) => {
      throw taken !== null && error instanceof ServiceError ? bothRefusals(taken, error) : error;
    });
    if (taken !== null) throw taken;
    const follows = request.follows ?? followsByDefault(request.branch);
    return this.#register({ name, url, branch, follows });
  }

  /** It keeps its id, its mirror, and so what is deployed of it: only where it is found, or which branch counts, is another. */
  async change(nameOrId: string, change: ChangedRegistration): Promise<RepositoryRow> {
    const follower = this.#findRegistered(nameOrId, "change");
    const { row } = follower;
    const wanted = {
      name: requireName(change.name ?? row.name),
      url: parseRepositoryUrl(change.url ?? row.url),
      branch: parseBranchName(change.branch ?? row.branch),
      follows: change.follows ?? row.follows,
    };
    refuseTaken(this.#followers.taken(), wanted, row.id);
    if (wanted.url !== row.url || wanted.branch !== row.branch)
      await this.findBranch(wanted.url, wanted.branch);
    const moved = await this.#move(follower, wanted);
    if (moved !== follower) await moved.firstCheck();
    return moved.row;
  }

  /** It is followed until the store has forgotten it; its turns end before, since each would write it anew. */
  async remove(nameOrId: string): Promise<void> {
    const follower = this.#findRegistered(nameOrId, "remove");
    await follower.stop();
    // As the last turn has left them.
    const { row, declared, mirror } = follower;
    const { id } = row;
    try {
      await this.#options.store.removeRepository(id);
    } catch (error) {
      if (this.#followers.get(id) === follower) void this.#follow(row, declared, mirror).check();
      throw error;
    }
    // Somebody else may have asked for it meanwhile.
    if (this.#followers.get(id) !== follower) return;
    this.#retired.add(id, mirror);
    this.#followers.delete(id);
    await this.#retired.settle(id);
    for (const gone of [row, ...declared]) this.#tellGone(gone.id);
  }

  /** See `Source.syncRepository`. */
  async sync(nameOrId: string): Promise<RepositoryRow> {
    const { id } = this.#findRow(nameOrId);
    const follower = this.find(id);
    await follower.sync();
    const synced = follower.find(id);
    if (synced === undefined) throw unknownRepository(nameOrId);
    if (synced.failure !== null) throw synced.failure;
    return synced.row;
  }

  /** Who follows it; also what is not declared any more, while runs of it go on. @throws ServiceError repository-not-found */
  find(nameOrId: string): Follower {
    const follower = this.#followers.get(nameOrId) ?? this.#followers.get(this.#findRow(nameOrId).id);
    if (follower !== undefined) return follower;
    throw unknownRepository(nameOrId);
  }

  /** A branch that is there, or the one that is its own by default. @throws ServiceError repository-unreachable, branch-not-found */
  async findBranch(url: string, wanted: string | null): Promise<string> {
    const remote = await listRemoteBranches(this.#options.git, url);
    const branch = wanted ?? parseBranchName(remote.defaultBranch ?? "main");
    requireBranch(remote, url, branch);
    return branch;
  }

  /** Of the file, which counts at every start: it adds and changes, and never removes. The host need not answer now. */
  async #declare({ follows, followsAtFirst, ...wanted }: Listed): Promise<void> {
    const follower = [...this.#followers.values()].find(({ row }) => row.name === wanted.name);
    const following = findFollowing(this.#followers.taken(), wanted, follower?.row.id);
    if (following !== undefined && following.declared !== null) {
      const { name, url, branch } = wanted;
      const { log } = this.#options;
      return log.warn("Leaves a branch of the file to who declares it", {
        name,
        url,
        branch,
        as: following.name,
      });
    }
    refuseTaken(this.#followers.taken(), wanted, follower?.row.id);
    if (follower !== undefined)
      return void (await this.#move(follower, { ...wanted, follows: follows ?? follower.row.follows }));
    const row = newRepository({ ...wanted, follows: followsAtFirst }, this.#options);
    await this.#options.store.saveRepository(row);
    this.#follow(row);
  }

  /** Who follows it then, and has not begun; the same where nothing is other. */
  async #move(follower: Follower, wanted: Registered): Promise<Follower> {
    const { row, mirror } = follower;
    const isSame = (["name", "url", "branch", "follows"] as const).every((key) => wanted[key] === row[key]);
    if (isSame) return follower;
    await follower.stop();
    // Somebody else may have asked for another change meanwhile, or have removed it.
    if (this.#followers.get(row.id) !== follower) throw unknownRepository(row.name);
    // What the branch of before had is no head of this one.
    const headCommit = wanted.branch === row.branch ? follower.row.headCommit : null;
    const moved = { ...follower.row, ...wanted, headCommit, problem: null };
    try {
      refuseTaken(this.#followers.taken(), wanted, row.id);
      await this.#save(moved);
    } catch (error) {
      void this.#follow(follower.row, follower.declared, mirror).check();
      throw error;
    }
    mirror.follow(wanted);
    return this.#follow(moved, follower.declared, mirror);
  }

  /**
   * Refused before it is asked for and again after: two requests for one name may be under way. It is written down before it is cloned,
   * which may take hours. Where the clone fails at once whoever asked is told so, and nothing is left of it; later it is the row's problem.
   */
  async #register(wanted: Registered): Promise<RepositoryRow> {
    refuseTaken(this.#followers.taken(), wanted);
    const added = newRepository(wanted, this.#options);
    const { id } = added;
    const follower = this.#follow(added);
    try {
      await this.#save(added);
    } catch (error) {
      this.#followers.delete(id);
      await follower.stop();
      await follower.mirror.remove();
      throw error;
    }
    const failure = await follower.firstCheck();
    // Somebody else may have moved or removed it meanwhile.
    const now = this.#followers.get(id);
    const row = now?.row ?? added;
    if (failure === null || row.headCommit !== null || now !== follower) return row;
    await this.remove(id);
    throw failure;
  }

  #follow(
    row: RepositoryRow,
    declared: readonly RepositoryRow[] = [],
    mirror = this.#mirror([row, ...declared]),
  ): Follower {
    const { url } = row;
    const settling = {
      ...this.#options,
      save: (changed: RepositoryRow) => this.#save(changed),
      tellGone: (id: string) => this.#tellGone(id),
      listOthers: (own: RepositoryRow) => othersOf(own, this.#followers.taken(), this.#listed),
      reserve: ({ id }: RepositoryRow, rows: readonly RepositoryRow[]) => this.#followers.reserve(id, rows),
    };
    const follower = new Follower(row, declared, {
      ...this.#options,
      mirror,
      readHeads: (branches) => readRemoteHeads(this.#options.git, url, branches),
      // Where the host leads elsewhere git hears of it, and of its end.
      hasHeads: async (heads) =>
        this.#followers.redirectOf(row.id) === null && this.#options.hasHeads(url, heads),
      tellRedirect: (to) => {
        if (this.#followers.redirect(row.id, to)) this.#publish(row.id);
      },
      settleDeclared: (own, before) => settleDeclared(own, before, settling),
      save: settling.save,
      places: this.#places,
      paceMs: (quietForMs) =>
        pollPaceMs({ ...this.#options, repositories: this.#followers.size, quietForMs }),
    });
    this.#followers.set(row.id, follower);
    return follower;
  }

  /** A repository was removed by an earlier life of the service: its mirror may have runs that still need it. */
  async #retireUnknown(): Promise<void> {
    for (const name of await readdir(this.#options.mirrorsFolder)) {
      const id = MIRROR.exec(name)?.[1];
      if (id === undefined || this.#followers.has(id)) continue;
      this.#retired.add(
        id,
        this.#mirror([{ id, url: "a repository that was removed", branch: "", headCommit: null }]),
      );
      await this.#retired.settle(id);
    }
  }

  /** One for all rows: the first is the registered one. */
  #mirror([own, ...declared]: readonly [MirroredRow, ...(readonly MirroredRow[])]): Mirror {
    const { id, url } = own;
    const seen = [own, ...declared].filter(({ headCommit }) => headCommit !== null);
    return new Mirror({
      ...this.#options,
      id,
      url,
      branches: seen.map(({ branch }) => branch),
      folder: join(this.#options.mirrorsFolder, `${id}.git`),
      caches: this.#caches,
      filterNeeded: (commits) => this.#options.store.filterNeededCommits(id, commits),
    });
  }

  async #save(row: RepositoryRow): Promise<void> {
    await this.#options.store.saveRepository(row);
    this.#publish(row.id);
  }

  #tellGone(repositoryId: string): void {
    this.#options.troubles.forget(repositoryId);
    this.#options.onGone?.(repositoryId);
    this.#publish(repositoryId);
  }

  #publish(repositoryId: string): void {
    this.#options.feed.publish([{ kind: "repository", repositoryId }]);
  }

  /** @throws ServiceError repository-not-found */
  #findRow(nameOrId: string): RepositoryRow {
    const row = this.#followers.rows().find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (row !== undefined) return row;
    throw unknownRepository(nameOrId);
  }

  /** @throws ServiceError repository-not-found, action-not-allowed */
  #findRegistered(nameOrId: string, verb: string): Follower {
    const follower = this.find(nameOrId);
    refuseDeclared(this.#findRow(nameOrId), verb, follower.row.name);
    return follower;
  }
}

type MirroredRow = Pick<RepositoryRow, "id" | "url" | "branch" | "headCommit">;
