import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import { TreeTooLarge } from "../source/mirror/commit-files.js";
import type { MergePreview, Source } from "../source/source.js";
import type { ChangeClaims } from "../store/change-claims.js";
import { REMOVAL_CONFIRMED_MS, type RemovalConfirmationRow } from "../store/removal-confirmations.js";
import type { RepositoryRow, Store } from "../store/store.js";
import { conflictsOf, type Conflict } from "./conflicts.js";
import { CompilerEnded, type Compiler } from "./compiler/compiler-process.js";
import { findDeployedWriters, findOwnerOfProject, type DeployedRows } from "./deployed-rivals.js";
import { findFollowed } from "./find-followed.js";
import { fitMarkdown } from "./fit-text.js";
import { Lanes } from "./lanes.js";
import type { Place } from "./place.js";
import { plainText } from "./plain-text.js";
import type { Outbox } from "./outbox.js";
import { knowledgeOf } from "./project-knowledge.js";
import { HostFailure, type ReviewHost } from "./review-host.js";
import { isSameChange, partsOf, sharedCheck } from "./shared-check.js";
import type { CheckPart, CheckResult, Subject, WantedCheck, WantedComment } from "./wanted-object.js";
import { movedOn, refusal, unfollowed, verdictOf, type Verdict } from "./verdict.js";

export interface ReviewerOptions {
  readonly store: Pick<
    Store,
    | keyof DeployedRows
    | "listUsualDurations"
    | "listUnfinishedRuns"
    | "listHostRepositories"
    | "listRemovalConfirmations"
    | "saveClaims"
    | "listClaims"
    | "findHostObject"
  >;
  readonly source: Pick<Source, "previewMerge">;
  readonly compiler: Pick<Compiler, "compare">;
  readonly outbox: Pick<Outbox, "wish">;
  readonly host: Pick<ReviewHost, "traits" | "findChange">;
  readonly hostName: string;
  /** Default 2 s. */
  readonly begunAfterMs?: number;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Checks go before comments. */
const RANKS = { check: 1, answer: 2, comment: 3, again: 6 } as const;
/** A check that is done sooner is written once, and never seen as begun. */
const BEGUN_AFTER_MS = 2000;
/** What was wished for within so long is being written. */
const MISSING_AFTER_MS = 10 * 60_000;
/** Of a comment without its last line, which names the commit and is never cut: hosts take 65,536. */
const BODY_BYTES_MAX = 65_000;
const COMMENT = "headwater plan";
const TAKES_NOTHING: ChangeClaims["claims"] = { project: "", takesProject: false, adds: [], emits: [] };
/** Pull requests of one head that are looked at. */
const PARTS_MAX = 20;
const TOO_MANY = refusal(
  `head of more than ${PARTS_MAX} changes`,
  `More than ${PARTS_MAX} open changes have this commit as their head, which is more than anybody looks at. Close some, and ask for this one again.`,
);

/** What is to be told of a commit: by one of those that have it as their head, and by all others. */
interface Told {
  readonly subject: Subject;
  readonly others: readonly CheckPart[];
  readonly reviewId: string;
  /** Null while it is being looked at. */
  readonly result: CheckResult | null;
}

/** What a check says, and when its commit was first seen as a head; null where an earlier build has seen it. */
export type SeenResult = CheckResult & { readonly seenAt: number | null };

/** Since when a branch is known to have moved. */
export interface Since {
  readonly at: number;
  /** Its head, fetched since then; null when nobody has yet. */
  readonly base: string | null;
}

/** Looks at one commit: says that it does, compares what a merge would give with what is there, and says what came of it. */
export class Reviewer {
  readonly #options: ReviewerOptions;
  /** By check: two pull requests of one commit have one, and each look at it is ended before the next begins. */
  readonly #turns = new Lanes<never>(() => Promise.resolve());

  constructor(options: ReviewerOptions) {
    this.#options = options;
  }

  /**
   * Safe to repeat: the same commit again gets the same check. Resolves when what is to be told is kept; it is written after that.
   * @throws ServiceError repository-unreachable
   * @throws HostFailure unavailable where the ref shows another commit: it has moved on, or the host is not of one mind yet
   */
  review(subject: Subject): Promise<void> {
    return this.#inTurn(subject, () => this.#review(subject));
  }

  async #review(subject: Subject): Promise<void> {
    const others = await this.#othersOf(subject);
    const told = { subject, others, reviewId: await this.#reviewIdOf(subject) };
    await this.#tellCheck({ ...told, result: null });
    const judged =
      others.length < PARTS_MAX ? await this.#judge(subject, null) : { verdict: TOO_MANY, base: null };
    await this.#tellCheck({
      ...told,
      result: judged?.verdict.check ?? movedOn(this.#options.host.traits),
    });
    if (judged === null)
      throw new HostFailure("unavailable", `${subject.ref} shows another commit than ${subject.head}`);
    await this.#comment(subject, judged.verdict);
  }

  /**
   * Nobody has asked, but its branch has moved: its check stays as it is until that is looked at, and nothing is written where it would
   * say the same. What is news waits for all that people wait for. Answers with the head of the branch that it was held against; null when
   * it was not looked at: it was meanwhile, or is about to be. @throws ServiceError repository-unreachable
   */
  reviewAgain(subject: Subject, since: Since): Promise<string | null> {
    return this.#inTurn(subject, () => this.#reviewAgain(subject, since));
  }

  async #reviewAgain(subject: Subject, since: Since): Promise<string | null> {
    const { host } = this.#options;
    const before = await this.#checkOf(subject);
    if (before === null || (await this.#isReviewed(subject, since))) return null;
    const judged = await this.#judge(subject, since.base);
    if (judged === null) return null;
    const { verdict } = judged;
    const others = await this.#othersOf(subject);
    const said = sharedCheck([...others, { subject, result: verdict.check }], host.traits);
    if (said.essence === before.result?.essence) return judged.base;
    const reviewId = await this.#reviewIdOf(subject);
    // One that is open is waited for.
    const rank = before.result === null ? RANKS.check : RANKS.again;
    await this.#tellCheck({ subject, others, reviewId, result: verdict.check }, rank);
    await this.#comment(subject, verdict, RANKS.again);
    return judged.base;
  }

  /** When all tries have failed: a check is never left open, and one that says nothing must not let a merge pass. */
  async giveUp(subject: Subject, reason: string): Promise<void> {
    const reviewId = await this.#reviewIdOf(subject);
    const button = this.#options.host.traits.hasCheckPages ? "with **Re-run**, or " : "";
    const verdict = refusal(
      "could not be reviewed",
      `${plainText(reason)}\n\nAsk for it again ${button}with a comment \`/headwater plan\`.`,
    );
    const others = await this.#knownOthersOf(subject);
    await this.#tellCheck({ subject, others, reviewId, result: verdict.check });
    if (!this.#options.host.traits.hasCheckPages) await this.#comment(subject, verdict);
  }

  /** It is closed: what it said of its head counts no more for others that have the same. @throws HostFailure */
  withdraw(subject: Subject): Promise<void> {
    return this.#inTurn(subject, async () => {
      const known = partsOf(await this.#checkOf(subject));
      if (known.length < 2 || !known.some((part) => isSameChange(part.subject, subject))) return;
      const [own, ...others] = await this.#othersOf(subject);
      if (own === undefined) return;
      const reviewId = this.#options.ids.next("review", this.#options.clock.now());
      await this.#tellCheck({ ...own, others, reviewId });
    });
  }

  /** What the check of a commit says of one pull request; null when nobody has looked at that yet. */
  async findResult(place: Place, head: string, number: number): Promise<SeenResult | null> {
    const check = await this.findCheck(place.repositoryId, head);
    const part = partsOf(check).find(({ subject }) => subject.number === number);
    return part === undefined ? null : { ...part.result, seenAt: check?.seenAt ?? null };
  }

  /** The check of a commit, as it is to look; null when we never made one. */
  async findCheck(repositoryId: string, head: string): Promise<WantedCheck | null> {
    const object = await this.#options.store.findHostObject(this.#checkKey(repositoryId, head));
    // Written by `#wishCheck`.
    return object === null ? null : (object.wanted as unknown as WantedCheck);
  }

  /** Whether nobody will ever see its check: it was never made, or its latest wish has failed for a while, or was given up. */
  async isMissing(repositoryId: string, head: string): Promise<boolean> {
    const object = await this.#options.store.findHostObject(this.#checkKey(repositoryId, head));
    if (object === null) return true;
    const isNew = object.updatedAt > this.#options.clock.now() - MISSING_AFTER_MS;
    return !isNew && (object.remoteId === null || object.problem !== null);
  }

  /** Which of the repositories that we follow it is; null when we do not. */
  async findRepository({ place, base }: Pick<Subject, "place" | "base">): Promise<RepositoryRow | null> {
    return (await findFollowed(place, base, this.#options)).row;
  }

  #checkOf({ place, head }: Subject): Promise<WantedCheck | null> {
    return this.findCheck(place.repositoryId, head);
  }

  /** What was said of its head for others. */
  async #knownOthersOf(subject: Subject): Promise<readonly CheckPart[]> {
    const parts = partsOf(await this.#checkOf(subject));
    return parts.filter((part) => !isSameChange(part.subject, subject));
  }

  /** The same, as far as it is their head still. @throws HostFailure */
  async #othersOf(subject: Subject): Promise<readonly CheckPart[]> {
    const { host } = this.#options;
    const others = await this.#knownOthersOf(subject);
    const isOpen = await Promise.all(
      others.map(async ({ subject: { number } }, index) => {
        if (number === null || index >= PARTS_MAX) return true;
        const change = await host.findChange(subject.place, number);
        return change?.isOpen === true && change.head === subject.head;
      }),
    );
    return others.filter((_, index) => isOpen[index]);
  }

  /** One that was begun and has not said how it is, is gone on with; else a new one begins. */
  async #reviewIdOf({ place, head }: Subject): Promise<string> {
    const { ids, clock } = this.#options;
    const wanted = await this.findCheck(place.repositoryId, head);
    const isOpen =
      wanted?.result === null || (wanted?.result.conclusion === "cancelled" && wanted.parts === undefined);
    return wanted !== null && isOpen ? wanted.reviewId : ids.next("review", clock.now());
  }

  /** What one says of its head, with what all others say. */
  async #tellCheck(
    { subject, others, reviewId, result: own }: Told,
    rank: number = RANKS.check,
  ): Promise<void> {
    const { place, head } = subject;
    const before = await this.#checkOf(subject);
    const seenAt = before === null ? this.#options.clock.now() : before.seenAt;
    const said = own === null ? others : [...others, { subject, result: own }];
    const isShared = said.length > (own === null ? 0 : 1);
    const result = own === null ? null : sharedCheck(said, this.#options.host.traits);
    const wanted: WantedCheck = {
      kind: "check",
      subject,
      reviewId,
      ...(seenAt === undefined ? {} : { seenAt }),
      result,
      ...(isShared ? { parts: said } : {}),
    };
    await this.#options.outbox.wish({
      key: this.#checkKey(place.repositoryId, head),
      account: place.account,
      rank,
      wanted,
      isUnfinished: result === null,
      delayMs: result === null ? (this.#options.begunAfterMs ?? BEGUN_AFTER_MS) : 0,
    });
  }

  /** There is none until there is something to say; then it stays, and says the latest. */
  async #comment(
    { place, head, number }: Subject,
    { comment, check }: Verdict,
    rank: number = RANKS.comment,
  ): Promise<void> {
    if (number === null) return;
    const { outbox, store, hostName, host } = this.#options;
    const { change, hasCheckPages } = host.traits;
    const isFailure = check.conclusion === "failure";
    const key = `comment ${hostName} ${place.repositoryId} ${number}`;
    // What fails without saying why, somewhere, helps nobody.
    const isNeeded = comment !== null || (isFailure && !hasCheckPages);
    if (!isNeeded && (await store.findHostObject(key)) === null) return;
    const rest =
      check.conclusion !== "success"
        ? `${check.summary}\n`
        : `This ${change} changes no workflow any more.\n`;
    const body = `${fitMarkdown(comment ?? rest, BODY_BYTES_MAX)}\n<sub>Of ${head}. \`/headwater help\` tells what you may ask.</sub>`;
    const findings = hasCheckPages ? {} : { findings: { head, findings: check.findings } };
    const wanted: WantedComment = { kind: "comment", place, number, marker: COMMENT, body, ...findings };
    await outbox.wish({ key, account: place.account, rank, wanted });
  }

  #inTurn<Result>({ place, head }: Subject, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(this.#checkKey(place.repositoryId, head), work);
  }

  #checkKey(repositoryId: string, head: string): string {
    return `check ${this.#options.hostName} ${repositoryId} ${head}`;
  }

  /** Since then, with another head or with that base. */
  async #isReviewed(subject: Subject, { at, base }: Since): Promise<boolean> {
    const row = await this.findRepository(subject);
    const claims = await this.#options.store.listClaims();
    const own = claims.find((one) => one.repositoryId === row?.id && one.change === subject.number);
    return own !== undefined && own.updatedAt >= at && (own.head !== subject.head || own.base === base);
  }

  /** Null when the head is not there any more. @param known see `MergeRequest.known` */
  async #judge(
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
        `This cannot be merged into ${plainText(base)} as it is: mend the conflicts, and it is looked at again.`,
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
    { id: repositoryId, name: repository, url }: RepositoryRow,
    { number, head, base: branch, isFork = true }: Subject,
    { base, claims }: Pick<ChangeClaims, "base" | "claims">,
  ): Promise<readonly Conflict[]> {
    const { store, clock, host } = this.#options;
    const { sign } = host.traits;
    const projectOwner = claims.takesProject ? await findOwnerOfProject(claims.project, url, store) : null;
    const place = { repositoryId, repository, head, isFork, branch, base };
    const own = { ...place, change: number ?? 0, claims, updatedAt: clock.now() };
    if (number === null) return conflictsOf(own, { open: [], writers: new Map(), projectOwner, sign });
    await store.saveClaims(own);
    const writers = isFork ? new Map<string, readonly string[]>() : await findDeployedWriters(claims, store);
    return conflictsOf(own, { open: await store.listClaims(), writers, projectOwner, sign });
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
