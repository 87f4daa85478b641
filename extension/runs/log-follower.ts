import type { Client, LogLine } from "@headwater/api";
import { clockText } from "../status/document-status.js";
import { readLogPage, type LogPlace } from "./read-log.js";

/** What was written since somebody looked. */
export interface LogPart {
  readonly text: string;
  /** Nothing more comes until something happens to the step. */
  readonly isAtEnd: boolean;
}

/** Reads the log of a step from its latest attempt on: that from its beginning, then each that comes after it. */
export class LogFollower {
  readonly #step: Omit<LogPlace, "attempt">;
  /** 0 before the first. */
  #attempt = 0;
  #offset = 0;

  constructor(step: Omit<LogPlace, "attempt">) {
    this.#step = step;
  }

  /** @throws ApiError */
  async read(client: Client): Promise<LogPart> {
    if (this.#attempt > 0) return this.#readOn(client);
    const latest = await this.#latestAttempt(client);
    return latest === 0 ? { text: "", isAtEnd: true } : { text: this.#begin(latest), isAtEnd: false };
  }

  async #readOn(client: Client): Promise<LogPart> {
    const page = await readLogPage(client, { ...this.#step, attempt: this.#attempt }, this.#offset);
    this.#offset = page.nextOffset;
    const text = page.lines.map(lineText).join("");
    if (!page.ended) return { text, isAtEnd: false };
    const isLatest = (await this.#latestAttempt(client)) <= this.#attempt;
    return { text: isLatest ? text : text + this.#begin(this.#attempt + 1), isAtEnd: isLatest };
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
