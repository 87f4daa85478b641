import { RequestError, type Octokit } from "octokit";

/** Of all answers that are remembered, and of one of them. */
const CHARACTERS_MAX = 16_000_000;
const ANSWER_CHARACTERS_MAX = 1_000_000;

type Answer = Awaited<ReturnType<Octokit["request"]>>;

interface Remembered {
  readonly etag: string;
  readonly answer: Omit<Answer, "data">;
  /** What it said, as JSON: smaller than what is read of it, and of known size. */
  readonly text: string;
}

/**
 * What GitHub answered before, by URL: asked again with its ETag, an answer that is the same counts against no limit. What was not asked
 * for longest is forgotten first.
 * Source: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export class Etags {
  readonly #answers = new Map<string, Remembered>();
  #characters = 0;

  /** Asks by way of this from now on. @param who whose eyes it is seen with: what one may see another may not */
  wrap(octokit: Octokit, who: string): void {
    octokit.hook.wrap("request", async (request, options) => {
      if (options.method !== "GET") return request(options);
      const key = `${who} ${octokit.request.endpoint(options).url}`;
      const known = this.#answers.get(key);
      try {
        if (known !== undefined) options.headers["if-none-match"] = known.etag;
        const answer = await request(options);
        this.#remember(key, answer);
        return answer;
      } catch (error) {
        const isSame = known !== undefined && error instanceof RequestError && error.status === 304;
        if (!isSame) throw error;
        this.#keep(key, known);
        return { ...known.answer, data: JSON.parse(known.text) as unknown };
      }
    });
  }

  #remember(key: string, { data, ...answer }: Answer): void {
    const { etag } = answer.headers;
    this.#forget(key);
    const text = etag === undefined ? undefined : JSON.stringify(data);
    if (etag === undefined || text === undefined || text.length > ANSWER_CHARACTERS_MAX) return;
    this.#keep(key, { etag, answer, text });
  }

  /** As the one that was asked for last. */
  #keep(key: string, remembered: Remembered): void {
    this.#forget(key);
    this.#answers.set(key, remembered);
    this.#characters += remembered.text.length;
    for (const oldest of this.#answers.keys()) {
      if (this.#characters <= CHARACTERS_MAX) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#characters -= this.#answers.get(key)?.text.length ?? 0;
    this.#answers.delete(key);
  }
}
