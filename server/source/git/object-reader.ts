import type { Clock } from "../../clock.js";
import { outputEnd } from "../../processes/output-end.js";
import { signalGroup } from "../../processes/process-group.js";
import type { StartedProcess } from "../../processes/started-process.js";
import { GitError, GitStopped } from "./git-error.js";
import type { Git, TakePieces } from "./git.js";

const COMMAND = ["cat-file", "--batch"] as const;
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

interface Request {
  readonly name: string;
  readonly maxBytes: number;
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

/**
 * Objects of one repository through one `git cat-file --batch`: answers come in the order of the questions, so any
 * number may be under way. The process begins with the first question, ends when idle, and is started again when it dies.
 */
export class ObjectReader {
  readonly #git: Git;
  readonly #gitFolder: string;
  readonly #clock: Clock;
  #process: Promise<StartedProcess> | null = null;
  #waiting: Request[] = [];
  #answer: Answer | null = null;
  #header: Buffer = Buffer.alloc(0);
  #cancelIdle: () => void = () => undefined;

  constructor(options: { readonly git: Git; readonly gitFolder: string; readonly clock: Clock }) {
    this.#git = options.git;
    this.#gitFolder = options.gitFolder;
    this.#clock = options.clock;
  }

  /** The first `maxBytes` of a blob; null when the repository has no such blob. @throws GitError when git dies twice */
  async read(id: string, maxBytes: number): Promise<Buffer | null> {
    return (await this.#find(id, maxBytes))?.content ?? null;
  }

  /**
   * The object of that name, which may be an id or a ref, with what git calls a suffix, and is ours, with its first `maxBytes`: a forged
   * one may have any number. Null when the repository has none. @throws GitError when git dies twice
   */
  find(name: string, maxBytes: number): Promise<GitObject | null> {
    return this.#find(name, maxBytes);
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
    return this.#git.stream(["cat-file", "blob", id], this.#gitFolder, take);
  }

  /** Waits for the process to end; what was asked and not answered fails. */
  async close(): Promise<void> {
    this.#cancelIdle();
    const process = await this.#process?.catch(() => null);
    if (process == null) return;
    signalGroup(process.processId, "SIGTERM");
    await process.exited;
  }

  async #find(name: string, maxBytes: number): Promise<GitObject | null> {
    try {
      return await this.#ask(name, maxBytes);
    } catch {
      // Git was killed, or closed as idle at this very moment. Reading has no effect, so it may be asked again.
      return this.#ask(name, maxBytes);
    }
  }

  #ask(name: string, maxBytes: number): Promise<GitObject | null> {
    return new Promise((resolve, reject) => {
      const process = (this.#process ??= this.#begin());
      this.#waiting.push({ name, maxBytes, resolve, reject });
      void write(process, `${name}\n`);
      this.#delayIdle(process);
    });
  }

  #delayIdle(process: Promise<StartedProcess>): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#clock.after(IDLE_MS, () => void write(process, null));
  }

  #begin(): Promise<StartedProcess> {
    const process = this.#git.open(COMMAND, this.#gitFolder);
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
      await Promise.all([exited, outputEnd(stdout), outputEnd(stderr)]);
      throw new GitError(COMMAND, complaint || "the process ended");
    } catch (error) {
      const isKnown = error instanceof GitError || error instanceof GitStopped;
      this.#lose(process, isKnown ? error : new GitError(COMMAND, String(error)));
    }
  }

  #lose(process: Promise<StartedProcess>, error: GitError | GitStopped): void {
    if (this.#process !== process) return;
    const lost = [...(this.#answer === null ? [] : [this.#answer.request]), ...this.#waiting];
    this.#process = null;
    this.#waiting = [];
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
    const [, id, type, size] = /^([0-9a-f]+) ([a-z]+) (\d+)$/.exec(line) ?? [];
    if (id === undefined || type === undefined) request.resolve(null);
    else
      this.#answer = {
        request,
        id,
        type,
        size: Number(size),
        chunks: [],
        kept: 0,
        remaining: Number(size) + 1,
      };
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
