import type { Clock } from "../../clock.js";
import { outputEnd } from "../../processes/output-end.js";
import { signalGroup } from "../../processes/process-group.js";
import type { StartedProcess } from "../../processes/started-process.js";
import { GitError, GitStopped } from "./git-error.js";
import type { Git, GitPlace, TakePieces } from "./git.js";

const BATCH = ["cat-file", "--batch"] as const;
/** Needs git 2.36, as merging needs 2.38. */
const BATCH_COMMAND = ["cat-file", "--batch-command"] as const;
const LINE_FEED = 10;
/** A repository that nobody reads from for so long gives its process back. */
const IDLE_MS = 60_000;

/** What git keeps under an id, whole or its beginning. */
export interface GitObject {
  readonly id: string;
  readonly type: string;
  /** Bytes of all of it. */
  readonly size: number;
  readonly content: Buffer;
}

interface Question {
  /** As git is asked. */
  readonly line: string;
  /** Whether the answer has more than a header. */
  readonly hasContent: boolean;
  readonly maxBytes: number;
}

interface Request extends Question {
  resolve(object: GitObject | null): void;
  reject(error: GitError | GitStopped): void;
}

/** The answer that is being received: `kept` of the `remaining` bytes and the line feed after them. */
interface Answer {
  readonly request: Request;
  readonly id: string;
  readonly type: string;
  readonly size: number;
  readonly chunks: Buffer[];
  kept: number;
  remaining: number;
}

export interface ObjectReaderOptions extends GitPlace {
  readonly git: Git;
  readonly clock: Clock;
}

/**
 * Objects of one repository through one `git cat-file`: answers come in the order of the questions, so any number may be under way. The
 * process begins with the first question, ends when idle, and is started again when it dies. With an `objectFolder`, which has what anybody
 * may have pushed, sizes are asked for first: of what is larger than what is wanted of it git sends nothing.
 */
export class ObjectReader {
  readonly #git: Git;
  readonly #place: GitPlace;
  readonly #command: readonly string[];
  readonly #clock: Clock;
  #process: Promise<StartedProcess> | null = null;
  #waiting: Request[] = [];
  /** What git is to be asked at the end of this turn: thousands at once are one write. */
  #unsent: string[] = [];
  #answer: Answer | null = null;
  #header: Buffer = Buffer.alloc(0);
  #cancelIdle: () => void = () => undefined;

  constructor({ git, clock, ...place }: ObjectReaderOptions) {
    this.#git = git;
    this.#place = place;
    this.#command = place.objectFolder === undefined ? BATCH : BATCH_COMMAND;
    this.#clock = clock;
  }

  /**
   * The first `maxBytes` of a blob, or as many blanks where git sends nothing of it; null when the repository has no such blob.
   * @throws GitError when git dies twice
   */
  async read(id: string, maxBytes: number): Promise<Buffer | null> {
    const found = await this.find(id, maxBytes);
    if (found === null) return null;
    return found.content.length < Math.min(found.size, maxBytes)
      ? Buffer.alloc(maxBytes, " ")
      : found.content;
  }

  /**
   * The object of that name, which may be an id or a ref, with what git calls a suffix, and is ours, with its first `maxBytes`: a forged
   * one may have any number. Null when the repository has none. @throws GitError when git dies twice
   */
  async find(name: string, maxBytes: number): Promise<GitObject | null> {
    if (this.#command === BATCH) return this.#askTwice({ line: name, hasContent: true, maxBytes });
    const found = await this.#askTwice({ line: `info ${name}`, hasContent: false, maxBytes: 0 });
    if (found === null || maxBytes === 0 || found.size > maxBytes) return found;
    return this.#askTwice({ line: `contents ${found.id}`, hasContent: true, maxBytes });
  }

  /** Begins the process, so that the first question need not wait for its start. */
  open(): void {
    this.#delayIdle((this.#process ??= this.#begin()));
  }

  /**
   * A blob of any size, piece by piece, through a git of its own: nobody has it in memory, and it holds up no other
   * question. @throws GitError when the repository has no such blob, GitStopped, and what `take` throws
   */
  stream(id: string, take: TakePieces): Promise<void> {
    return this.#git.stream(["cat-file", "blob", id], this.#place.gitFolder, take);
  }

  /** Waits for the process to end; what was asked and not answered fails. */
  async close(): Promise<void> {
    this.#cancelIdle();
    const process = await this.#process?.catch(() => null);
    if (process == null) return;
    signalGroup(process.processId, "SIGTERM");
    await process.exited;
  }

  async #askTwice(question: Question): Promise<GitObject | null> {
    try {
      return await this.#ask(question);
    } catch {
      // Git was killed, or closed as idle at this very moment. Reading has no effect, so it may be asked again.
      return this.#ask(question);
    }
  }

  #ask(question: Question): Promise<GitObject | null> {
    return new Promise((resolve, reject) => {
      const process = (this.#process ??= this.#begin());
      this.#waiting.push({ resolve, reject, ...question });
      this.#unsent.push(`${question.line}\n`);
      if (this.#unsent.length === 1) queueMicrotask(() => this.#send());
      this.#delayIdle(process);
    });
  }

  #send(): void {
    const lines = this.#unsent.join("");
    this.#unsent = [];
    if (this.#process !== null && lines !== "") void write(this.#process, lines);
  }

  #delayIdle(process: Promise<StartedProcess>): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#clock.after(IDLE_MS, () => void write(process, null));
  }

  #begin(): Promise<StartedProcess> {
    const process = this.#git.open(this.#command, this.#place);
    void this.#listen(process);
    return process;
  }

  async #listen(process: Promise<StartedProcess>): Promise<void> {
    let complaint = "";
    try {
      const { stdin, stdout, stderr, exited } = await process;
      stdout.on("data", (chunk: Buffer) => {
        if (this.#process === process) this.#receive(chunk);
      });
      stderr.on("data", (chunk: Buffer) => {
        complaint = `${complaint}${chunk.toString()}`.slice(0, 2000);
      });
      // A broken pipe is followed by its exit, which tells those who wait.
      stdin?.on("error", () => undefined);
      const [{ code }] = await Promise.all([exited, outputEnd(stdout), outputEnd(stderr)]);
      throw new GitError(this.#command, complaint || "the process ended", { isCutOff: code === null });
    } catch (error) {
      const isKnown = error instanceof GitError || error instanceof GitStopped;
      this.#lose(process, isKnown ? error : new GitError(this.#command, String(error)));
    }
  }

  #lose(process: Promise<StartedProcess>, error: GitError | GitStopped): void {
    if (this.#process !== process) return;
    const lost = [...(this.#answer === null ? [] : [this.#answer.request]), ...this.#waiting];
    this.#process = null;
    this.#waiting = [];
    this.#unsent = [];
    this.#answer = null;
    this.#header = Buffer.alloc(0);
    this.#cancelIdle();
    for (const request of lost) request.reject(error);
  }

  #receive(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#answer === null ? this.#receiveHeader(rest) : this.#receiveContent(this.#answer, rest);
    }
  }

  /** `<id> <type> <size>`, or `<id> missing`. */
  #receiveHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(LINE_FEED);
    if (end === -1) {
      this.#header = Buffer.concat([this.#header, chunk]);
      return Buffer.alloc(0);
    }
    const line = Buffer.concat([this.#header, chunk.subarray(0, end)]).toString();
    this.#header = Buffer.alloc(0);
    const request = this.#waiting.shift();
    if (request !== undefined) this.#accept(request, line);
    return chunk.subarray(end + 1);
  }

  #accept(request: Request, line: string): void {
    const [, id, type, digits] = /^([0-9a-f]+) ([a-z]+) (\d+)$/.exec(line) ?? [];
    const size = Number(digits);
    if (id === undefined || type === undefined) request.resolve(null);
    else if (!request.hasContent) request.resolve({ id, type, size, content: Buffer.alloc(0) });
    else this.#answer = { request, id, type, size, chunks: [], kept: 0, remaining: size + 1 };
  }

  #receiveContent(answer: Answer, chunk: Buffer): Buffer {
    const own = chunk.subarray(0, answer.remaining);
    answer.remaining -= own.length;
    const content = answer.remaining === 0 ? own.subarray(0, -1) : own;
    const kept = content.subarray(0, Math.max(0, answer.request.maxBytes - answer.kept));
    if (kept.length > 0) answer.chunks.push(kept);
    answer.kept += kept.length;
    if (answer.remaining === 0) {
      this.#answer = null;
      const { request, id, type, size, chunks } = answer;
      request.resolve({ id, type, size, content: Buffer.concat(chunks) });
    }
    return chunk.subarray(own.length);
  }
}

/** Null says that nothing more comes. One that could not be started reads nothing. */
async function write(process: Promise<StartedProcess>, words: string | null): Promise<void> {
  const { stdin } = await process.catch(() => ({ stdin: null }));
  if (words === null) stdin?.end();
  else stdin?.write(words);
}
