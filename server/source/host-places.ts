import type { Clock } from "../clock.js";

/** Places of one host, for questions that somebody waits for. */
const HOST_MAX = 8;
/** Of these, the ones that questions which only time has brought may have. */
const HOST_POLLS_MAX = 6;
/** Of all hosts together, for what only time has brought: each is a connection, and may be a process. */
const POLLS_MAX = 8;
/** Of all hosts together that did not answer, for the same. */
const SILENT_POLLS_MAX = 4;
/** A host that keeps somebody waiting for so long and then fails is one that does not answer. */
const SILENT_AFTER_MS = 5000;

interface Question {
  /** As `repositoryHost` names it. */
  readonly host: string;
  /** A hook or a person waits for it; else only time has passed. */
  readonly isAsked: boolean;
}

interface Host {
  /** Questions that are under way. */
  inside: number;
  isSilent: boolean;
}

interface Waiting extends Question {
  enter(): void;
}

/**
 * Lets so many questions to hosts through at once; the others wait. What is asked waits for its own host alone, and goes before what only
 * time has brought. A host that does not answer holds one place, until it does.
 */
export class HostPlaces {
  readonly #clock: Clock;
  readonly #hosts = new Map<string, Host>();
  #waiting: readonly Waiting[] = [];
  #polls = 0;
  #silentPolls = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async pass<T>(question: Question, action: () => Promise<T>): Promise<T> {
    const leave = await this.#enter(question);
    const since = this.#clock.now();
    try {
      const answer = await action();
      leave(false);
      return answer;
    } catch (error) {
      leave(this.#clock.now() - since >= SILENT_AFTER_MS ? true : null);
      throw error;
    }
  }

  /** Resolves, when there is a place, with what gives it back: told whether the host was silent; null when that is as unknown as before. */
  #enter(question: Question): Promise<(wasSilent: boolean | null) => void> {
    return new Promise((resolve) => {
      const enter = (): void => {
        const host = this.#hostOf(question);
        const { isSilent } = host;
        this.#count(question, isSilent, 1);
        resolve((wasSilent) => {
          this.#count(question, isSilent, -1);
          host.isSilent = wasSilent ?? host.isSilent;
          if (host.inside === 0 && !host.isSilent) this.#hosts.delete(question.host);
          this.#admit();
        });
      };
      this.#waiting = [...this.#waiting, { ...question, enter }];
      this.#admit();
    });
  }

  #admit(): void {
    const inOrder = [
      ...this.#waiting.filter(({ isAsked }) => isAsked),
      ...this.#waiting.filter(({ isAsked }) => !isAsked),
    ];
    this.#waiting = inOrder.filter((waiting) => {
      const isFree = this.#isFree(waiting);
      if (isFree) waiting.enter();
      return !isFree;
    });
  }

  #isFree(question: Question): boolean {
    const { inside, isSilent } = this.#hostOf(question);
    if (isSilent && inside > 0) return false;
    if (question.isAsked) return inside < HOST_MAX;
    if (isSilent) return this.#silentPolls < SILENT_POLLS_MAX;
    return inside < HOST_POLLS_MAX && this.#polls < POLLS_MAX;
  }

  #count(question: Question, isSilent: boolean, by: 1 | -1): void {
    this.#hostOf(question).inside += by;
    if (question.isAsked) return;
    if (isSilent) this.#silentPolls += by;
    else this.#polls += by;
  }

  #hostOf({ host }: Question): Host {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const added = { inside: 0, isSilent: false };
    this.#hosts.set(host, added);
    return added;
  }
}
