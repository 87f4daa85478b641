import type { Clock } from "../clock.js";
import type { Log } from "../log.js";
import { TreeTooLarge } from "../source/mirror/commit-files.js";
import type { MergePreview, Source } from "../source/source.js";
import type { ChangeClaims } from "../store/change-claims.js";
import { REMOVAL_CONFIRMED_MS, type RemovalConfirmationRow } from "../store/removal-confirmations.js";
import type { RepositoryRow, Store } from "../store/store.js";
import { CompilerEnded, type Compiler } from "./compiler/compiler-process.js";
import { audienceOf } from "./audience.js";
import { conflictsOf, UNNAMED, type Conflict } from "./conflicts.js";
import { findDeployedWriters, findOwnerOfProject, type DeployedRows } from "./deployed-rivals.js";
import { findFollowed } from "./find-followed.js";
import { codeSpan } from "./plain-text.js";
import { knowledgeOf } from "./project-knowledge.js";
import type { ReviewHost } from "./review-host.js";
import { refusal, unfollowed, verdictOf, type Verdict } from "./verdict.js";
import type { Subject } from "./wanted-object.js";

export interface MergeJudgeOptions {
  readonly store: Pick<
    Store,
    | keyof DeployedRows
    | "listUsualDurations"
    | "listUnfinishedRuns"
    | "listHostRepositories"
    | "listRemovalConfirmations"
    | "saveClaims"
    | "listClaims"
  >;
  readonly source: Pick<Source, "previewMerge">;
  readonly compiler: Pick<Compiler, "compare">;
  readonly host: Pick<ReviewHost, "traits">;
  readonly hostName: string;
  readonly clock: Clock;
  readonly log: Log;
}

const TAKES_NOTHING: ChangeClaims["claims"] = { project: "", takesProject: false, adds: [], emits: [] };

/** Compares what a merge would give with what is there, and says what that means. */
export class MergeJudge {
  readonly #options: MergeJudgeOptions;

  constructor(options: MergeJudgeOptions) {
    this.#options = options;
  }

  /**
   * Null when the head is not there any more. @param known see `MergeRequest.known`
   * @throws ServiceError repository-unreachable
   */
  async judge(
    subject: Subject,
    known: string | null,
  ): Promise<{ readonly verdict: Verdict; readonly base: string | null } | null> {
    const { head, ref, base } = subject;
    const followed = await findFollowed(subject.place, base, this.#options);
    const { row } = followed;
    if (row === null) return { verdict: unfollowed(followed), base: null };
    let preview: MergePreview | null;
    try {
      preview = await this.#options.source.previewMerge(row.id, { head, ref, base, known });
    } catch (error) {
      if (!(error instanceof TreeTooLarge)) throw error;
      return {
        verdict: refusal("too many files", `${error.message}. Nothing is known of it, so it does not pass.`),
        base: null,
      };
    }
    if (preview === null) return null;
    return { verdict: await this.#compare(row, subject, preview), base: preview.base };
  }

  async #compare(row: RepositoryRow, subject: Subject, preview: MergePreview): Promise<Verdict> {
    const { before, after } = preview;
    const { base, head } = subject;
    if (after === null) {
      await this.#conflictsOf(row, subject, { base: preview.base, claims: TAKES_NOTHING });
      return refusal(
        `conflicts with ${base}`,
        `This cannot be merged into ${codeSpan(base)} as it is: mend the conflicts, and it is looked at again.`,
      );
    }
    const { compiler, clock } = this.#options;
    try {
      const judgement = await compiler.compare({
        repositoryId: row.id,
        before,
        after,
        at: clock.now() - (clock.now() % 1000),
        from: `${base} (${preview.base.slice(0, 8)})`,
        to: `the merge of ${head.slice(0, 8)}`,
        ...(await knowledgeOf(row, this.#options.store)),
      });
      const confirmations = await this.#confirmationsOf(row, subject);
      const taken = { base: preview.base, claims: judgement.claims };
      const conflicts = await this.#conflictsOf(row, subject, taken);
      return verdictOf(judgement, {
        head: subject.number === null ? null : head,
        confirmations,
        conflicts,
        traits: this.#options.host.traits,
      });
    } catch (error) {
      if (!(error instanceof CompilerEnded)) throw error;
      this.#options.log.warn("Cannot compile a pull request", { url: row.url, head, reason: error.message });
      return refusal("too much to compile", `${error.message}. Nothing is known of it, so it does not pass.`);
    }
  }

  /** What it takes is kept, so that the next one is held against it. A merge queue tries what is open already. */
  async #conflictsOf(
    row: RepositoryRow,
    { number, head, base: branch, isFork = true }: Subject,
    { base, claims }: Pick<ChangeClaims, "base" | "claims">,
  ): Promise<readonly Conflict[]> {
    const { store, clock, host } = this.#options;
    const { sign } = host.traits;
    const { id: repositoryId, name: repository, url } = row;
    const mayName = await audienceOf(row, this.#options);
    const owner = claims.takesProject ? await findOwnerOfProject(claims.project, url, store) : null;
    const projectOwner = owner === null || mayName(owner.id) ? (owner?.name ?? null) : UNNAMED;
    const place = { repositoryId, repository, head, isFork, branch, base };
    const own = { ...place, change: number ?? 0, claims, updatedAt: clock.now() };
    if (number === null) return conflictsOf(own, { open: [], writers: new Map(), projectOwner, sign });
    await store.saveClaims(own);
    const writers = isFork
      ? new Map<string, readonly string[]>()
      : await findDeployedWriters(claims, store, mayName);
    const open = (await store.listClaims()).filter((one) => mayName(one.repositoryId));
    return conflictsOf(own, { open, writers, projectOwner, sign });
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
