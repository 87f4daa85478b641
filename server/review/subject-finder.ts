import type { Previews } from "../previews/previews.js";
import type { Source } from "../source/source.js";
import type { RepositoryRow, Store } from "../store/store.js";
import { answerCommand, askedByComment, type CommandOptions } from "./command.js";
import type { Place } from "./place.js";
import type { Change, HostEvent, ReviewHost } from "./review-host.js";
import type { Reviewer } from "./reviewer.js";
import type { Subject } from "./wanted-object.js";

export interface SubjectFinderOptions extends CommandOptions {
  readonly host: Pick<ReviewHost, "traits" | "permissionOf" | "findChange" | "listOpenChanges">;
  readonly store: Pick<
    Store,
    "confirmRemoval" | "endRemovalConfirmation" | "listRemovalConfirmations" | "removeClaims"
  >;
  readonly source: Pick<Source, "hint" | "forgetPreview">;
  readonly previews: Pick<Previews, "begin" | "end">;
  readonly reviewer: Pick<Reviewer, "findCheck" | "findRepository">;
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
      case "queue":
        return { place: event.place, head: event.head, ref: event.ref, base: event.base, number: null };
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

  async #findChanged({ place, number }: HostEvent & { readonly kind: "change" }): Promise<Subject | null> {
    const change = await this.#options.host.findChange(place, number);
    if (change === null) return null;
    const row = await this.#options.reviewer.findRepository({ place, base: change.base });
    if (row === null) return change.isOpen ? { ...change, place } : null;
    await this.#withdraw(row, change);
    if (change.isOpen) return { ...change, place };
    await this.#forget(row, change);
    return null;
  }

  async #forgetQueue({ place, base, ref }: HostEvent & { readonly kind: "queue-ended" }): Promise<null> {
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
    const number = subject?.number ?? null;
    // Of a merge queue it can only be to look again.
    if (number === null) return subject;
    return answerCommand(
      { place, user, name: action, argument: head, number, commentId: null },
      this.#options,
    );
  }

  /** A head that we have never seen may be of a fork: then GitHub does not say of what pull request it is. */
  async #findByHead({
    place,
    head,
  }: {
    readonly place: Place;
    readonly head: string;
  }): Promise<Subject | null> {
    const check = await this.#options.reviewer.findCheck(place.repositoryId, head);
    if (check !== null) return check.subject;
    const changes = await this.#options.host.listOpenChanges(place);
    const change = changes.find((each) => each.head === head);
    return change === undefined ? null : { ...change, place };
  }
}
