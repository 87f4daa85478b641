import type { Clock } from "../clock.js";
import { GitStopped } from "./git/git-error.js";
import { isSilentHost } from "./remote/remote-failure.js";

/** Places of one host, for questions that somebody waits for. */
const HOST_MAX = 8;
/** Of these, the ones that questions which only time has brought may have. */
const HOST_POLLS_MAX = 6;
/** Of all hosts together, for what only time has brought: each is a connection, and may be a process. */
const POLLS_MAX = 32;
/** Of all hosts together that did not answer, for the same. */
const SILENT_POLLS_MAX = 4;
/** First clones of one host at once: of minutes each, beside its places. */
const HOST_CLONES_MAX = 2;
/** A question that takes longer gives its place back: pushes of other repositories do not wait for a large one. */
const LONG_AFTER_MS = 5000;
/** So many of one host go on without a place, and so many of all; those that come after them keep theirs. */
const HOST_LONG_MAX = 8;
const LONG_MAX = 32;

export interface Question {
  /** As `repositoryHost` names it. */
  readonly host: string;
  /** A hook or a person waits for it; else only time has passed. */
  readonly isAsked: boolean;
  /** It brings a whole repository, which takes as long as that is large. */
  readonly isClone?: boolean;
  /** Nobody waits for it any more. */
  readonly stop?: AbortSignal;
}

/** What a question counts as. */
type Kind = "asked" | "poll" | "silentPoll" | "clone" | "long";

interface Host {
  readonly inside: Map<Kind, number>;
  isSilent: boolean;
  /** When somebody was answered last, by the steady clock. */
  answeredAt: number;
}

interface Waiting {
  readonly question: Question;
  readonly enter: () => void;
}

interface Place {
  /** It takes long, and need not keep others waiting. */
  stepAside(): void;
  leave(): void;
}

/**
 * Lets so many questions to hosts through at once; the others wait. What is asked waits for its own host alone, and goes before what only
 * time has brought. A host that does not answer holds one place, until it does, and one beside it for what is asked.
 */
export class HostPlaces {
  readonly #clock: Clock;
  readonly #hosts = new Map<string, Host>();
  readonly #inside = new Map<Kind, number>();
  #waiting: readonly Waiting[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws GitStopped when it is stopped before it has a place, and what `action` throws */
  async pass<T>(question: Question, action: () => Promise<T>): Promise<T> {
    const place = await this.#enter(question);
    const since = this.#clock.steady();
    const cancel = this.#clock.after(LONG_AFTER_MS, () => place.stepAside());
    const host = this.#hostOf(question);
    try {
      const answer = await action();
      host.isSilent = false;
      host.answeredAt = this.#clock.steady();
      return answer;
    } catch (error) {
      // Whoever it has answered meanwhile knows better: of this one repository alone it was silent.
      if (isSilentHost(error) && host.answeredAt < since) host.isSilent = true;
      throw error;
    } finally {
      cancel();
      place.leave();
    }
  }

  #enter(question: Question): Promise<Place> {
    const { stop } = question;
    if (stop?.aborted === true) return Promise.reject(new GitStopped(["fetch"]));
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(new GitStopped(["fetch"]));
      };
      const waiting: Waiting = {
        question,
        enter: () => {
          stop?.removeEventListener("abort", giveUp);
          resolve(this.#take(question));
        },
      };
      stop?.addEventListener("abort", giveUp, { once: true });
      this.#waiting = [...this.#waiting, waiting];
      this.#admit();
    });
  }

  #take(question: Question): Place {
    const host = this.#hostOf(question);
    const { isSilent } = host;
    let kind = this.#kindOf(question, host);
    this.#count(host, kind, 1);
    return {
      stepAside: () => {
        if (isSilent || kind === "clone" || countOf(host.inside, "long") >= HOST_LONG_MAX) return;
        if (countOf(this.#inside, "long") >= LONG_MAX) return;
        this.#count(host, kind, -1);
        kind = "long";
        this.#count(host, kind, 1);
        this.#admit();
      },
      leave: () => {
        this.#count(host, kind, -1);
        if (!host.isSilent && [...host.inside.values()].every((count) => count === 0))
          this.#hosts.delete(question.host);
        this.#admit();
      },
    };
  }

  #admit(): void {
    const inOrder = [
      ...this.#waiting.filter(({ question }) => question.isAsked),
      ...this.#waiting.filter(({ question }) => !question.isAsked),
    ];
    this.#waiting = inOrder.filter(({ question, enter }) => {
      const isFree = this.#isFree(question);
      if (isFree) enter();
      return !isFree;
    });
  }

  #isFree(question: Question): boolean {
    const host = this.#hostOf(question);
    const [asked, polls] = [countOf(host.inside, "asked"), countOf(host.inside, "poll")];
    const taken = asked + polls + countOf(host.inside, "silentPoll");
    switch (this.#kindOf(question, host)) {
      case "clone":
        return countOf(host.inside, "clone") < HOST_CLONES_MAX;
      case "asked":
        return host.isSilent ? asked === 0 : taken < HOST_MAX;
      case "silentPoll":
        return taken === 0 && countOf(this.#inside, "silentPoll") < SILENT_POLLS_MAX;
      default:
        return taken < HOST_POLLS_MAX && countOf(this.#inside, "poll") < POLLS_MAX;
    }
  }

  #kindOf({ isAsked, isClone = false }: Question, { isSilent }: Host): Kind {
    if (isClone) return "clone";
    if (isAsked) return "asked";
    return isSilent ? "silentPoll" : "poll";
  }

  #count({ inside }: Host, kind: Kind, by: 1 | -1): void {
    for (const counts of [inside, this.#inside]) counts.set(kind, countOf(counts, kind) + by);
  }

  #hostOf({ host }: Question): Host {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const added: Host = { inside: new Map(), isSilent: false, answeredAt: -Infinity };
    this.#hosts.set(host, added);
    return added;
  }
}

function countOf(counts: ReadonlyMap<Kind, number>, kind: Kind): number {
  return counts.get(kind) ?? 0;
}
