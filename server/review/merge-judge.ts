import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { TreeTooLarge } from "../source/mirror/commit-files.js";
import { HeadTooLarge } from "../source/mirror/fork-limits.js";
import type { MergedTrees, MergePreview, Source } from "../source/source.js";
import type { Claims } from "../store/change-claims.js";
import { REMOVAL_CONFIRMED_MS, type RemovalConfirmationRow } from "../store/removal-confirmations.js";
import type { RepositoryRow, Store } from "../store/store.js";
import { audienceOf } from "./audience.js";
import { changeName } from "./change-name.js";
import { checkPage } from "./check-page.js";
import { CompilerEnded, type Comparison } from "./compiler/compiler-process.js";
import type { Compilers } from "./compiler/compilers.js";
import { Superseded } from "./compiler/fair-turns.js";
import type { Judgement } from "./compiler/judgement.js";
import { conflictsOf, UNNAMED, type Conflict } from "./conflicts.js";
import {
  findDeployedWriters,
  findOwnerOfProject,
  withWriters,
  type DeployedRows,
} from "./deployed-rivals.js";
import { findFollowed } from "./find-followed.js";
import { HeavyHeads } from "./heavy-heads.js";
import { findLeaving } from "./leaving-environments.js";
import { codeSpan } from "./plain-text.js";
import { knowledgeOf } from "./project-knowledge.js";
import { queuedChanges } from "./queued-changes.js";
import type { ReviewHost } from "./review-host.js";
import { refusal, unfollowed, verdictOf, type Verdict } from "./verdict.js";
import { isTrusted, type Subject } from "./wanted-object.js";

export interface MergeJudgeOptions {
  readonly store: Pick<
    Store,
    | keyof DeployedRows
    | "listUsualDurations"
    | "listLiveWorkflows"
    | "listUnfinishedRuns"
    | "listHostRepositories"
    | "listRemovalConfirmations"
    | "saveClaims"
    | "listClaims"
    | "findHostObject"
  >;
  readonly source: Pick<Source, "previewMerge">;
  readonly compilers: Pick<Compilers, "compare">;
  readonly host: Pick<ReviewHost, "traits">;
  readonly hostName: string;
  /** Where people reach the service in a browser; null when nobody has said. */
  readonly publicUrl: string | null;
  readonly clock: Clock;
  readonly log: Log;
}

const TAKES_NOTHING: Claims = { project: "", takesProject: false, adds: [], emits: [] };

/** What is known of a merge. */
interface Judged {
  readonly verdict: Verdict;
  /** The head of the branch that it was held against; null when it was held against none. */
  readonly base: string | null;
}

/** A merge without conflicts. */
type CleanMerge = Pick<MergePreview, "base"> & { readonly read: () => Promise<MergedTrees> };

/** Compares what a merge would give with what is there, and says what that means. */
export class MergeJudge {
  readonly #options: MergeJudgeOptions;
  readonly #heavy: HeavyHeads;

  constructor(options: MergeJudgeOptions) {
    this.#options = options;
    this.#heavy = new HeavyHeads(options.clock);
  }

  /**
   * Null when the head is not there any more. `superseded`: what was told of it since, while it waited, is about to be looked at.
   * @param known see `MergeRequest.known`
   * @throws ServiceError repository-unreachable, busy
   */
  async judge(subject: Subject, known: string | null): Promise<Judged | "superseded" | null> {
    const { head, ref, base } = subject;
    const followed = await findFollowed(subject.place, base, this.#options);
    const { row } = followed;
    if (row === null) return { verdict: unfollowed(followed), base: null };
    const request = { head, ref, base, known, isTrusted: isTrusted(subject) };
    try {
      const preview = await this.#options.source.previewMerge(row.id, request);
      if (preview === null) return null;
      return { verdict: await this.#compare(row, subject, preview), base: preview.base };
    } catch (error) {
      if (error instanceof Superseded) return "superseded";
      if (error instanceof HeadTooLarge) return this.#refuseUnfetched(row, subject, error);
      throw error;
    }
  }

  async #compare(row: RepositoryRow, subject: Subject, preview: MergePreview): Promise<Verdict> {
    const { base, headTree: treeId, read } = preview;
    if (read === null) return this.#refuse(row, subject, conflicting(subject));
    const head = { repositoryId: row.id, treeId, isTrusted: isTrusted(subject) };
    const known = this.#heavy.find(head, base);
    if (known !== null) return this.#refuse(row, subject, known);
    try {
      const judgement = await this.#judgementOf(row, subject, { base, read });
      return await this.#verdictOf(row, subject, judgement);
    } catch (error) {
      const refused = refusalOf(error);
      if (refused === null) throw error;
      const { verdict, heavyWith } = refused;
      const { log } = this.#options;
      log.warn("Cannot compile a pull request", { url: row.url, head: subject.head, reason: String(error) });
      if (heavyWith !== "nothing")
        this.#heavy.add(head, { verdict, base: heavyWith === "any base" ? null : base });
      return this.#refuse(row, subject, verdict);
    }
  }

  #judgementOf(row: RepositoryRow, subject: Subject, { base, read }: CleanMerge): Promise<Judgement> {
    const { compilers, clock, hostName, store } = this.#options;
    const turn = {
      line: row.id,
      name: `${hostName} ${changeName(subject)}`,
      isTrusted: isTrusted(subject),
    };
    return compilers.compare(turn, async (): Promise<Comparison> => {
      const knowledge = await knowledgeOf(row, store);
      const trees = await read();
      return {
        repositoryId: row.id,
        at: clock.now() - (clock.now() % 1000),
        from: `${subject.base} (${base.slice(0, 8)})`,
        to: `the merge of ${subject.head.slice(0, 8)}`,
        ...knowledge,
        ...trees,
      };
    });
  }

  async #verdictOf(row: RepositoryRow, subject: Subject, judgement: Judgement): Promise<Verdict> {
    const confirmations = await this.#confirmationsOf(row, subject);
    const conflicts = await this.#conflictsOf(row, subject, judgement.claims);
    const leaving = await findLeaving(row, { ...judgement, confirmations }, this.#options.store);
    return verdictOf(judgement, {
      head: subject.number === null ? null : subject.head,
      confirmations,
      conflicts,
      leaving,
      traits: this.#options.host.traits,
      page: checkPage(subject, this.#options),
    });
  }

  /** The mirror remembers it: when its branch moves it is not fetched again. */
  async #refuseUnfetched(
    row: RepositoryRow,
    subject: Subject,
    { message, base }: HeadTooLarge,
  ): Promise<Judged> {
    const { log } = this.#options;
    log.warn("Cannot fetch a pull request", { url: row.url, head: subject.head, reason: message });
    const verdict = await this.#refuse(row, subject, tooLargeToFetch(subject, message));
    return { verdict, base };
  }

  /** What is not compared takes nothing either. */
  async #refuse(row: RepositoryRow, subject: Subject, verdict: Verdict): Promise<Verdict> {
    await this.#conflictsOf(row, subject, TAKES_NOTHING);
    return verdict;
  }

  /** What a pull request takes is kept, so that the next one, and a merge queue, is held against it. */
  async #conflictsOf(row: RepositoryRow, subject: Subject, claims: Claims): Promise<readonly Conflict[]> {
    const { number, head, base: branch } = subject;
    const { store, clock, host } = this.#options;
    const { sign } = host.traits;
    const { id: repositoryId, name: repository, url } = row;
    const mayName = await audienceOf(row, this.#options);
    const owner = claims.takesProject ? await findOwnerOfProject(claims.project, url, store) : null;
    const projectOwner = owner === null || mayName(owner.id) ? (owner?.name ?? null) : UNNAMED;
    const all = withWriters(claims, await findDeployedWriters(claims, store, mayName));
    const isFork = !isTrusted(subject);
    const place = { repositoryId, repository, head, isFork, branch, base: null };
    const own = { ...place, change: number ?? 0, claims: all, updatedAt: clock.now() };
    if (number !== null) await store.saveClaims(own);
    const open = (await store.listClaims()).filter((one) => mayName(one.repositoryId));
    const queue = number === null ? { changes: await queuedChanges(subject, this.#options) } : null;
    return conflictsOf(isFork ? { ...own, claims } : own, { open, projectOwner, sign, queue });
  }

  /** Of a pull request what was confirmed of this very head; of a merge queue, which has many, all that was. */
  async #confirmationsOf(
    { id: repositoryId }: RepositoryRow,
    { base: branch, head, number }: Subject,
  ): Promise<readonly RemovalConfirmationRow[]> {
    const since = this.#options.clock.now() - REMOVAL_CONFIRMED_MS;
    const all = await this.#options.store.listRemovalConfirmations({ repositoryId, branch, since });
    return number === null ? all : all.filter((one) => one.change === number && one.head === head);
  }
}

function conflicting({ base }: Subject): Verdict {
  return refusal(
    `conflicts with ${base}`,
    `This cannot be merged into ${codeSpan(base)} as it is: mend the conflicts, and it is looked at again.`,
  );
}

function tooLargeToFetch({ base }: Subject, reason: string): Verdict {
  return refusal(
    "too large to fetch",
    `${reason}. Nothing is known of it, so it does not pass. Take large files out of its commits, or begin it anew from ${codeSpan(base)}. ` +
      "It is tried again with another head, or an hour from now when somebody asks for it. Somebody who may write to the repository can push it there as a branch, which has no such limit, and close this one: a commit has one check, and the worst counts.",
  );
}

/** What cannot be compared, and whether it will be again. */
interface Refusal {
  readonly verdict: Verdict;
  /** What it is remembered with. */
  readonly heavyWith: "any base" | "this base" | "nothing";
}

/** Null of what may go well later, whatever is compared. */
function refusalOf(error: unknown): Refusal | null {
  const unknown = "Nothing is known of it, so it does not pass.";
  if (error instanceof TreeTooLarge) {
    const again =
      "It is tried again with another head, when its branch moves, or an hour from now when somebody asks for it.";
    const verdict = refusal("too large to read", `${error.message}. ${unknown} ${again}`);
    return { verdict, heavyWith: "this base" };
  }
  if (!(error instanceof CompilerEnded) || error.kind === "outside") return null;
  if (error.kind === "crash") {
    const again = "That is a fault of the service. It is tried again when somebody asks for it.";
    const verdict = refusal("could not be compiled", `${error.message}. ${unknown} ${again}`);
    return { verdict, heavyWith: "nothing" };
  }
  const again = "It is tried again with another head, or an hour from now when somebody asks for it.";
  const verdict = refusal("too much to compile", `${error.message}. ${unknown} ${again}`);
  return { verdict, heavyWith: "any base" };
}
