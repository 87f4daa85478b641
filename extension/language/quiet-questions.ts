import type { Clock } from "../clock.js";

/** Who still writes would not read the answer. */
export const QUIET_MS = 300;

interface Options<Answer> {
  /** Asks about a document, until the signal says that the answer is not wanted any more. */
  readonly ask: (uri: string, signal: AbortSignal) => Promise<Answer | null>;
  readonly clock: Clock;
}

interface Question<Answer> {
  writtenAt: number;
  /** Null once what it was is out of date. */
  answer: Promise<Answer | null> | null;
  isAnswered: boolean;
  stop: AbortController | null;
}

/**
 * Questions about documents that are being written, by their addresses: each document is asked about once for all who want to know,
 * when nobody has written in it for a moment; a question about a text that is no more is dropped.
 */
export class QuietQuestions<Answer> {
  readonly #options: Options<Answer>;
  readonly #questions = new Map<string, Question<Answer>>();

  constructor(options: Options<Answer>) {
    this.#options = options;
  }

  /** What holds of the text as it now is; null when there is no answer, or the document was forgotten meanwhile. */
  of(uri: string): Promise<Answer | null> {
    const known = this.#questions.get(uri);
    const question = known ?? { writtenAt: -Infinity, answer: null, isAnswered: false, stop: null };
    this.#questions.set(uri, question);
    question.answer ??= this.#settle(uri, question);
    return question.answer;
  }

  /** Somebody has written in it. */
  written(uri: string): void {
    const question = this.#questions.get(uri);
    if (question !== undefined) question.writtenAt = this.#options.clock.now();
    this.outdate(uri);
  }

  /** What was said of it may hold no more, though nobody has written in it. */
  outdate(uri: string): void {
    const question = this.#questions.get(uri);
    if (question === undefined) return;
    question.stop?.abort();
    if (question.isAnswered) question.answer = null;
    question.isAnswered = false;
  }

  /** Nobody looks at it any more. */
  forget(uri: string): void {
    this.#questions.get(uri)?.stop?.abort();
    this.#questions.delete(uri);
  }

  async #settle(uri: string, question: Question<Answer>): Promise<Answer | null> {
    while (this.#questions.get(uri) === question) {
      await this.#quiet(question);
      const stop = new AbortController();
      question.stop = stop;
      const answer = await this.#options.ask(uri, stop.signal).catch((error: unknown) => {
        // Whoever wants to know next asks again.
        question.answer = null;
        throw error;
      });
      if (stop.signal.aborted) continue;
      question.isAnswered = true;
      return answer;
    }
    return null;
  }

  async #quiet(question: Question<Answer>): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const leftMs = question.writtenAt + QUIET_MS - clock.now();
      if (leftMs <= 0) return;
      await clock.wait(leftMs);
    }
  }
}
