import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { ChangeClaims } from "../store/change-claims.js";
import type { RepositoryRow, Store } from "../store/store.js";
import type { WholeCheckRows } from "../store/whole-checks.js";
import { checkKey } from "./check-key.js";
import { checkPage, tellsAll, withPage } from "./check-page.js";
import { findFollowed } from "./find-followed.js";
import { fitMarkdown } from "./fit-text.js";
import { wantedAs } from "./kept.js";
import { Lanes } from "./lanes.js";
import { MergeJudge, type MergeJudgeOptions } from "./merge-judge.js";
import type { Place } from "./place.js";
import { boundedCodeSpan } from "./plain-text.js";
import type { Outbox, OutboxWish } from "./outbox.js";
import { HostFailure, type ReviewHost } from "./review-host.js";
import { isSameChange, PARTS_MAX, partsOf, sharedCheck } from "./shared-check.js";
import { movedOn, postponed, type Verdict, type WholeResult } from "./verdict.js";
import {
  isTrusted,
  type CheckPart,
  type CheckResult,
  type Subject,
  type WantedCheck,
  type WantedComment,
} from "./wanted-object.js";
import { WholeChecks } from "./whole-checks.js";

export interface ReviewerOptions extends MergeJudgeOptions {
  readonly store: MergeJudgeOptions["store"] & Pick<Store, "saveComparedBase"> & WholeCheckRows;
  readonly outbox: Pick<Outbox, "wish">;
  readonly host: Pick<ReviewHost, "traits" | "findChange">;
  /** Default 2 s. */
  readonly begunAfterMs?: number;
  readonly ids: Ids;
}

/** Checks go before comments. */
const RANKS = { check: 1, answer: 2, comment: 3, again: 6 } as const;
/** A check that is done sooner is written once, and never seen as begun. */
const BEGUN_AFTER_MS = 2000;
/** What was wished for within so long is being written. */
const MISSING_AFTER_MS = 10 * 60_000;
/** Of a comment without its last line, which names the commit and is never cut: hosts take 65,536. */
const BODY_BYTES_MAX = 65_000;
const REASON_CHARACTERS_MAX = 1000;
const COMMENT = "headwater plan";
const TOO_MANY = postponed(
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
  /** What there is no room for; none where that is as it was. */
  readonly whole?: WholeResult | null;
  /** Its comment; none, or null, where that is as it was. It is kept together with the check: a look is over when that has a result. */
  readonly comment?: OutboxWish | null;
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

  readonly #merges: MergeJudge;
  readonly #wholes: WholeChecks;

  constructor(options: ReviewerOptions) {
    this.#options = options;
    this.#merges = new MergeJudge(options);
    this.#wholes = new WholeChecks(options.store);
  }

  /**
   * Safe to repeat: the same commit again gets the same check. Resolves when what is to be told is kept; it is written after that.
   * @throws ServiceError repository-unreachable
   * @throws HostFailure unavailable where git does not show the commit of which the host says that it is the head
   */
  review(subject: Subject): Promise<void> {
    return this.#inTurn(subject, () => this.#review(subject));
  }

  async #review(subject: Subject): Promise<void> {
    const others = await this.#othersOf(subject);
    const told = { subject, others, reviewId: await this.#reviewIdOf(subject) };
    await this.#tellCheck({ ...told, result: null });
    const judged =
      others.length < PARTS_MAX ? await this.#merges.judge(subject, null) : { verdict: TOO_MANY, base: null };
    if (judged === null || judged === "superseded") {
      const isHead = await this.#isHead(subject);
      if (isHead && judged === "superseded") return;
      if (isHead) throw new HostFailure("unavailable", `${subject.ref} does not show ${subject.head} yet`);
      return this.#tellCheck({ ...told, result: movedOn(this.#options.host.traits), whole: null });
    }
    const { check: result, whole } = judged.verdict;
    const comment = await this.#commentOf(subject, judged.verdict);
    await this.#tellCheck({ ...told, result, whole, comment });
    await this.#keepBase(subject, judged.base);
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
    if (before === null || (await this.#isReviewedSince(subject, since))) return null;
    const judged = await this.#merges.judge(subject, since.base);
    if (judged === null || judged === "superseded") return null;
    const { verdict } = judged;
    const others = await this.#othersOf(subject);
    const said = sharedCheck([...others, { subject, result: verdict.check }], host.traits);
    if (said.essence !== before.result?.essence) {
      const reviewId = await this.#reviewIdOf(subject);
      // One that is open is waited for.
      const rank = before.result === null ? RANKS.check : RANKS.again;
      const comment = await this.#commentOf(subject, verdict, RANKS.again);
      const { check: result, whole } = verdict;
      await this.#tellCheck({ subject, others, reviewId, result, whole, comment }, rank);
    }
    await this.#keepBase(subject, judged.base);
    return judged.base;
  }

  /** When all tries have failed: a check is never left open, and one that says nothing must not let a merge pass. */
  async giveUp(subject: Subject, error: unknown): Promise<void> {
    const reviewId = await this.#reviewIdOf(subject);
    const button = this.#options.host.traits.hasCheckPages ? "with **Re-run**, or " : "";
    const verdict = postponed(
      "could not be reviewed",
      `${boundedCodeSpan(reasonOf(error), REASON_CHARACTERS_MAX)}\n\nAsk for it again ${button}with a comment \`/headwater plan\`.`,
    );
    const others = await this.#knownOthersOf(subject);
    const { hasCheckPages } = this.#options.host.traits;
    const comment = hasCheckPages ? null : await this.#commentOf(subject, verdict);
    await this.#tellCheck({ subject, others, reviewId, result: verdict.check, whole: null, comment });
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
    return wantedAs("check", await this.#options.store.findHostObject(this.#checkKey(repositoryId, head)));
  }

  /**
   * Whether nobody will ever see what a check says of it: it was never looked at, though others of the same head may have been, or it was
   * held against another branch, or against none since its repository was not followed, which it is now, or the latest wish for its check
   * has failed for a while, or was given up.
   */
  async isMissing(subject: Pick<Subject, "place" | "head" | "number" | "base">): Promise<boolean> {
    const { place, head } = subject;
    const object = await this.#options.store.findHostObject(this.#checkKey(place.repositoryId, head));
    const wanted = wantedAs("check", object);
    if (object === null || wanted === null) return true;
    const known = [{ subject: wanted.subject }, ...partsOf(wanted)];
    if (!known.some((one) => isSameTarget(one.subject, subject))) return true;
    const own = partsOf(wanted).find((part) => isSameTarget(part.subject, subject));
    if (own?.result.isUnfollowed === true && (await this.findRepository(subject)) !== null) return true;
    const isNew = object.updatedAt > this.#options.clock.now() - MISSING_AFTER_MS;
    return !isNew && (object.remoteId === null || object.problem !== null);
  }

  /**
   * Whether its check says how it is, as a look has found since it is open and its branch is as it is: that it is told of once more makes
   * that no other. What its branch does later is watched.
   */
  async isReviewed(subject: Subject): Promise<boolean> {
    const check = await this.#checkOf(subject);
    const told = partsOf(check).find((part) => isSameTarget(part.subject, subject));
    const isTold = check?.result != null && told !== undefined && told.result.isUncompared !== true;
    if (!isTold || (await this.isMissing(subject))) return false;
    const base = (await this.findRepository(subject))?.headCommit ?? null;
    return base !== null && isOf(await this.#claimsOf(subject), { subject, base });
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

  /** Whether the host says so. @throws HostFailure */
  async #isHead({ place, number, head }: Pick<Subject, "place" | "number" | "head">): Promise<boolean> {
    const change = number === null ? null : await this.#options.host.findChange(place, number);
    return change?.isOpen === true && change.head === head;
  }

  /** What was said of its head for others, as far as it is their head still. @throws HostFailure */
  async #othersOf(subject: Subject): Promise<readonly CheckPart[]> {
    const others = await this.#knownOthersOf(subject);
    const isOpen = await Promise.all(
      others.map(async ({ subject: other }, index) =>
        other.number === null || index >= PARTS_MAX ? true : this.#isHead(other),
      ),
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
  async #tellCheck(told: Told, rank: number = RANKS.check): Promise<void> {
    const { subject, whole, comment = null } = told;
    const { place, head } = subject;
    const wanted = this.#wantedOf(told, await this.#checkOf(subject));
    const key = this.#checkKey(place.repositoryId, head);
    await this.#keepWhole(key, subject, whole);
    const begunAfterMs = this.#options.begunAfterMs ?? BEGUN_AFTER_MS;
    const patience = wanted.result === null ? { isUnfinished: true, delayMs: begunAfterMs } : {};
    const check = { key, account: place.account, rank, wanted, ...patience };
    await this.#options.outbox.wish(check, ...(comment === null ? [] : [comment]));
  }

  #wantedOf({ subject, others, reviewId, result: own }: Told, before: WantedCheck | null): WantedCheck {
    const seenAt = before === null ? this.#options.clock.now() : before.seenAt;
    const said = own === null ? others : [...others, { subject, result: own }];
    const isShared = said.length > (own === null ? 0 : 1);
    return {
      kind: "check",
      subject,
      reviewId,
      ...(seenAt === undefined ? {} : { seenAt }),
      result: own === null ? null : sharedCheck(said, this.#options.host.traits),
      ...withPage(checkPage(subject, this.#options)),
      ...(isShared ? { parts: said } : {}),
    };
  }

  /** Before anybody is told where it is. */
  async #keepWhole(key: string, subject: Subject, whole: Told["whole"]): Promise<void> {
    if (whole === undefined) return;
    const at = this.#options.clock.now();
    await this.#wholes.keep({ key, number: subject.number, isTrusted: isTrusted(subject), at }, whole);
  }

  /** There is none, null, until there is something to say; then it stays, and says the latest. */
  async #commentOf(
    subject: Subject,
    { comment, check }: Verdict,
    rank: number = RANKS.comment,
  ): Promise<OutboxWish | null> {
    const { place, head, number } = subject;
    if (number === null) return null;
    const page = checkPage(subject, this.#options);
    const { store, hostName, host } = this.#options;
    const { change, hasCheckPages } = host.traits;
    const isFailure = check.conclusion === "failure";
    const key = `comment ${hostName} ${place.repositoryId} ${number}`;
    // What fails without saying why, somewhere, helps nobody.
    const isNeeded = comment !== null || (isFailure && !hasCheckPages);
    if (!isNeeded && (await store.findHostObject(key)) === null) return null;
    const rest =
      check.conclusion !== "success"
        ? `${check.summary}\n`
        : `This ${change} changes no workflow any more.\n`;
    const body = `${fitMarkdown(comment ?? rest, BODY_BYTES_MAX, tellsAll(page))}\n<sub>Of ${head}. \`/headwater help\` tells what you may ask.</sub>`;
    const findings = hasCheckPages
      ? {}
      : {
          findings: { head, findings: check.findings, ...withPage(page) },
        };
    const wanted: WantedComment = { kind: "comment", place, number, marker: COMMENT, body, ...findings };
    return { key, account: place.account, rank, wanted };
  }

  #inTurn<Result>({ place, head }: Subject, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(this.#checkKey(place.repositoryId, head), work);
  }

  #checkKey(repositoryId: string, head: string): string {
    return checkKey(this.#options.hostName, repositoryId, head);
  }

  /** Since then, with another head or with that base. */
  async #isReviewedSince(subject: Subject, { at, base }: Since): Promise<boolean> {
    const own = await this.#claimsOf(subject);
    return own !== null && own.updatedAt >= at && (own.head !== subject.head || own.base === base);
  }

  /** Last of all: until then it counts as not compared, so that whoever is killed before it is told looks again. */
  async #keepBase(subject: Subject, base: string | null): Promise<void> {
    const { number: change, head } = subject;
    const row = base === null || change === null ? null : await this.findRepository(subject);
    if (base === null || change === null || row === null) return;
    await this.#options.store.saveComparedBase({ repositoryId: row.id, change, head, base });
  }

  /** What it took when it was looked at last; null when it was not since it is open. */
  async #claimsOf(subject: Subject): Promise<ChangeClaims | null> {
    const row = await this.findRepository(subject);
    const claims = await this.#options.store.listClaims();
    return claims.find((one) => one.repositoryId === row?.id && one.change === subject.number) ?? null;
  }
}

/** Anybody may read it: what was not said for people may name what is on this machine. */
function reasonOf(error: unknown): string {
  if (error instanceof ServiceError || error instanceof HostFailure) return error.message;
  return "The service has failed. Its log says why";
}

/** Whether it was compared as it is, with that head of its branch. */
function isOf(
  claims: ChangeClaims | null,
  { subject, base }: { readonly subject: Subject; readonly base: string },
): boolean {
  return claims?.head === subject.head && claims.branch === subject.base && claims.base === base;
}

/** Whether both are the same pull request into the same branch. */
function isSameTarget(
  one: Pick<Subject, "number" | "base">,
  other: Pick<Subject, "number" | "base">,
): boolean {
  return one.number === other.number && one.base === other.base;
}
