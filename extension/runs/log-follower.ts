import type { Client, LogLine } from "@headwater/api";
import { apiCodeOf } from "../service/api-code.js";
import { clockText } from "../status/document-status.js";
import { readLogPage, type LogPlace } from "./read-log.js";

/** What was written since somebody looked. */
export interface LogPart {
  readonly text: string;
  /** Nothing more comes until something happens to the step. */
  readonly isAtEnd: boolean;
}

/** Nothing more comes until something happens. */
export const NOTHING: LogPart = { text: "", isAtEnd: true };

interface ReadPage extends LogPart {
  /** Whether there may be more already. */
  readonly goesOn: boolean;
}

/** What is read before any of it is shown: of a long log each part costs the editor its whole text. */
const PAGES_AT_ONCE = 20;

/** Reads the log of a step from its latest attempt on: that from its beginning, then each that comes after it. */
export class LogFollower {
  readonly #step: Omit<LogPlace, "attempt">;
  /** 0 before the first. */
  #attempt = 0;
  #offset = 0;
  /** Why it cannot be read, which was told. */
  #problem: string | null = null;

  constructor(step: Omit<LogPlace, "attempt">) {
    this.#step = step;
  }

  /** What cannot be read is told in its place, once for as long as it lasts. */
  async read(client: Client): Promise<LogPart> {
    try {
      const part = await this.#readPages(client);
      this.#problem = null;
      return part;
    } catch (error) {
      // A service that is lost is told of elsewhere.
      if (apiCodeOf(error) === "service-unreachable") return NOTHING;
      const problem = `Cannot read the log: ${error instanceof Error ? error.message : String(error)}\n`;
      if (problem === this.#problem) return NOTHING;
      this.#problem = problem;
      return { text: problem, isAtEnd: true };
    }
  }

  async #readPages(client: Client): Promise<LogPart> {
    let { text, isAtEnd, goesOn } = await this.#readPage(client);
    for (let pages = 1; goesOn && pages < PAGES_AT_ONCE; pages += 1) {
      // What was read is told though what follows cannot be: whoever looks again hears why.
      const next = await this.#readPage(client).catch(() => null);
      if (next === null) break;
      ({ isAtEnd, goesOn } = next);
      text += next.text;
    }
    return { text, isAtEnd };
  }

  /** Nothing counts as read before all of it is: what fails is read again. */
  async #readPage(client: Client): Promise<ReadPage> {
    if (this.#attempt === 0) {
      const latest = await this.#latestAttempt(client);
      if (latest === 0) return { ...NOTHING, goesOn: false };
      return { text: this.#begin(latest), isAtEnd: false, goesOn: true };
    }
    const page = await readLogPage(client, { ...this.#step, attempt: this.#attempt }, this.#offset);
    const isAtEnd = page.ended && (await this.#latestAttempt(client)) <= this.#attempt;
    const text = page.lines.map(lineText).join("");
    this.#offset = page.nextOffset;
    if (!page.ended || isAtEnd) return { text, isAtEnd, goesOn: !isAtEnd && page.lines.length > 0 };
    return { text: text + this.#begin(this.#attempt + 1), isAtEnd: false, goesOn: true };
  }

  /** An attempt has a log of its own. Returns what stands above it. */
  #begin(attempt: number): string {
    const isFirst = this.#attempt === 0;
    this.#attempt = attempt;
    this.#offset = 0;
    if (attempt === 1) return "";
    return `── attempt ${attempt}${isFirst ? "; those before it are not shown" : ""} ──\n`;
  }

  /** 0 while the step has not begun. */
  async #latestAttempt(client: Client): Promise<number> {
    const { run: id, path, environment } = this.#step;
    const { steps } = await client.listSteps({ params: { id }, query: { environment, path, limit: 1 } });
    return steps[0]?.attempt ?? 0;
  }
}

function lineText({ at, stream, text }: LogLine): string {
  const mark = stream === "out" ? " " : stream === "err" ? "!" : "·";
  return `${at === null ? "        " : clockText(at)} ${mark} ${text}\n`;
}
