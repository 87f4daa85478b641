import type { Previews } from "../previews/previews.js";
import type { Source } from "../source/source.js";
import type { RepositoryRow, Store } from "../store/store.js";
import { answerCommand, askedByComment, type CommandOptions } from "./command.js";
import type { Place } from "./place.js";
import type { Change, HostEvent, ReviewHost } from "./review-host.js";
import type { Reviewer } from "./reviewer.js";
import { PARTS_MAX } from "./shared-check.js";
import type { Subject } from "./wanted-object.js";

export interface SubjectFinderOptions extends CommandOptions {
  readonly host: Pick<ReviewHost, "traits" | "permissionOf" | "findChange" | "listOpenChanges">;
  readonly store: Pick<
    Store,
    "confirmRemoval" | "endRemovalConfirmation" | "listRemovalConfirmations" | "removeClaims"
  >;
  readonly source: Pick<Source, "hint" | "forgetPreview">;
  readonly previews: Pick<Previews, "begin" | "end">;
  readonly reviewer: Pick<
    Reviewer,
    "findCheck" | "findResult" | "findRepository" | "isReviewed" | "review" | "withdraw"
  >;
}

/** Finds what is to be looked at because of what a host told, and does what was asked for beside that. */
export class SubjectFinder {
  readonly #options: SubjectFinderOptions;

  constructor(options: SubjectFinderOptions) {
    this.#options = options;
  }

  /** Null when nothing is. @throws HostFailure */
  async find(event: Exclude<HostEvent, { kind: "repositories" }>): Promise<Subject | null> {
    if (await this.#isUninvited(event)) return null;
    switch (event.kind) {
      case "change":
        return this.#findChanged(event);
      case "queue": {
        const { kind: _kind, ...subject } = event;
        return { ...subject, number: null };
      }
      case "queue-ended":
        return this.#forgetQueue(event);
      case "again":
        return this.#findByHead(event);
      case "action":
        return this.#act(event);
      case "command":
        return answerCommand(askedByComment(event), this.#options);
      case "push":
        for (const url of event.urls) await this.#options.source.hint(url);
        return null;
    }
  }

  /** A webhook of a whole group tells of what nobody follows. */
  async #isUninvited(event: Exclude<HostEvent, { kind: "repositories" }>): Promise<boolean> {
    const { host, reviewer } = this.#options;
    if (event.kind === "push" || host.traits.isInvited) return false;
    return (await reviewer.findRepository({ place: event.place, base: "" })) === null;
  }

  async #findChanged({
    place,
    number,
    isUntold = false,
  }: HostEvent & { readonly kind: "change" }): Promise<Subject | null> {
    const change = await this.#options.host.findChange(place, number);
    if (change === null) return null;
    if (!change.isOpen) await this.#options.reviewer.withdraw({ ...change, place });
    const row = await this.#options.reviewer.findRepository({ place, base: change.base });
    if (row === null) return change.isOpen ? { ...change, place } : null;
    await this.#withdraw(row, change);
    if (!change.isOpen) {
      await this.#forget(row, change);
      return null;
    }
    const subject = { ...change, place };
    // What is found by looking at the host may be told as well, and a title may be another one.
    return !isUntold && (await this.#options.reviewer.isReviewed(subject)) ? null : subject;
  }

  async #forgetQueue({
    place,
    head,
    base,
    ref,
  }: HostEvent & { readonly kind: "queue-ended" }): Promise<null> {
    await this.#options.reviewer.withdraw({ place, head, base, ref, number: null });
    const row = await this.#options.reviewer.findRepository({ place, base });
    if (row !== null) await this.#options.source.forgetPreview(row.id, ref);
    return null;
  }

  /** Nothing is kept for one that is closed. */
  async #forget({ id: repositoryId }: RepositoryRow, { number: change, ref }: Change): Promise<void> {
    const { previews, source, store } = this.#options;
    await store.removeClaims({ repositoryId, change });
    await previews.end({ repositoryId, change });
    await source.forgetPreview(repositoryId, ref);
  }

  /** What was confirmed was of another head, or of what nobody will merge. What is merged may not be deployed yet. */
  async #withdraw(
    { id: repositoryId }: RepositoryRow,
    { number, head, base: branch, isOpen, isMerged }: Change,
  ): Promise<void> {
    const { store } = this.#options;
    const of = { repositoryId, change: number };
    const all = await store.listRemovalConfirmations({ repositoryId, since: 0 });
    const own = all.find((one) => one.change === number);
    const isGood = own?.head === head && own.branch === branch && (isOpen || isMerged);
    if (own !== undefined && !isGood) await store.endRemovalConfirmation(of);
  }

  async #act({
    place,
    head,
    action,
    user,
  }: HostEvent & { readonly kind: "action" }): Promise<Subject | null> {
    const subject = await this.#findByHead({ place, head });
    // Whoever presses a button of a commit that is no head any more is told so.
    const known = await this.#options.reviewer.findCheck(place.repositoryId, head);
    const number = subject?.number ?? known?.subject.number ?? null;
    // Of a merge queue it can only be to look again.
    if (number === null) return subject;
    return answerCommand(
      { place, user, name: action, argument: head, number, commentId: null },
      this.#options,
    );
  }

  /**
   * GitHub does not say of what pull request the head of a fork is. Where several have it all are looked at, for they have one check. What
   * was known of them may be of before a rename.
   */
  async #findByHead({
    place,
    head,
  }: {
    readonly place: Place;
    readonly head: string;
  }): Promise<Subject | null> {
    const { reviewer, host } = this.#options;
    const check = await reviewer.findCheck(place.repositoryId, head);
    const open = (await host.listOpenChanges(place)).changes.filter((each) => each.head === head);
    const [first, ...others] = open.map((change): Subject => ({ ...change, place }));
    for (const other of others.slice(0, PARTS_MAX)) await reviewer.review(other);
    const isOfQueue = check !== null && check.subject.number === null;
    return first ?? (isOfQueue ? { ...check.subject, place } : null);
  }
}
