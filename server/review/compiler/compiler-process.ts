import { fork, type ChildProcess } from "node:child_process";
import type { Clock } from "../../clock.js";
import { ContentsTooLarge } from "../../source/mirror/commit-files.js";
import type { CommitFiles, Contents, FileTree } from "../../source/source.js";
import { FairTurns, type Turn } from "./fair-turns.js";
import { leftOutNews } from "./left-out.js";
import type { JudgeAnswer, Judgement, JudgeRequest } from "./judgement.js";
import { permissionFlags } from "./permission-flags.js";
import { findProgram } from "./program.js";
import { Recent } from "./recent.js";
import { limitTime } from "./time-limit.js";
import { changeBetween, changedPaths, type TreeChange } from "./tree-change.js";

/** Of contents that one process has been sent: it keeps them outside of its heap, and a new one takes its place beyond that. */
const SENT_BYTES_MAX = 256 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;
/** Of its heap: where what it keeps takes more, the next comparison begins another process. */
const KEPT_SHARE_MAX = 0.5;

export interface CompilerOptions {
  readonly clock: Clock;
  /** A comparison that has the processor for longer is given up, with its process: see `limitTime`. */
  readonly cpuMs: number;
  /** Of the process's heap. */
  readonly memoryMegabytes: number;
}

/** Two trees, and what else the process is told of them. */
export type Comparison = Omit<JudgeRequest, "before" | "after" | "leftOut" | "contents"> & {
  readonly before: FileTree;
  readonly after: FileTree;
};

/** What has ended a process: a limit of ours, a bug that what it read has met, or somebody else, who says nothing of what it read. */
export type EndKind = "limit" | "crash" | "outside";

/** The process ended before it had an answer, though it had compared nothing else before. */
export class CompilerEnded extends Error {
  readonly code = "compiler-ended";
  readonly kind: EndKind;

  constructor({ kind, reason }: ProcessEnd) {
    super(`Cannot compare the two sides: ${reason}`);
    this.name = "CompilerEnded";
    this.kind = kind;
  }
}

/** Nothing is known of the comparison, and nothing is wrong with it: the next life makes it. */
export class CompilerStopped extends Error {
  readonly code = "compiler-stopped";

  constructor() {
    super("Cannot compare the two sides: the service stops");
    this.name = "CompilerStopped";
  }
}

/**
 * Compiles changes that somebody proposes in a process of its own, one after the other, repositories in turns. It stays for the next one,
 * because what is compiled already is most of it; whatever ends it, the next comparison begins another one. What it keeps is no fault of what
 * comes next: a comparison that ends a process which has made others before is tried once more, in a fresh one.
 */
export class Compiler {
  readonly #options: CompilerOptions;
  readonly #turns = new FairTurns();
  #process: WarmProcess | null = null;
  #isStopped = false;

  constructor(options: CompilerOptions) {
    this.#options = options;
  }

  /**
   * @param read what is to be compared: it takes memory, so that nobody reads it before their turn
   * @throws CompilerEnded, CompilerStopped, ContentsTooLarge, ServiceError busy, Superseded, and what `read` throws
   */
  compare(turn: Turn, read: () => Promise<Comparison>): Promise<Judgement> {
    return this.#turns.run(turn, async () => {
      this.#refuseStopped();
      return this.#compareNow(await read());
    });
  }

  /** See `FairTurns.supersede`. */
  supersede(name: string): void {
    this.#turns.supersede(name);
  }

  /** Ends the process, and with it what it compares. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#process?.end(REPLACED);
    await this.#turns.settled();
  }

  async #compareNow(comparison: Comparison): Promise<Judgement> {
    if (this.#process?.isWorn === true) await this.#process.end(REPLACED);
    this.#refuseStopped();
    if (this.#process === null || !this.#process.isAlive) this.#process = new WarmProcess(this.#options);
    const { isFresh } = this.#process;
    return this.#process.compare(comparison).catch((error: unknown) => {
      this.#refuseStopped();
      if (isFresh || !(error instanceof CompilerEnded)) throw error;
      return this.#compareNow(comparison);
    });
  }

  #refuseStopped(): void {
    if (this.#isStopped) throw new CompilerStopped();
  }
}

interface ProcessEnd {
  readonly kind: EndKind;
  readonly reason: string;
}

const REPLACED: ProcessEnd = { kind: "outside", reason: "the service ended it" };

/** One life of the process. */
class WarmProcess {
  readonly #options: CompilerOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<ProcessEnd>;
  /** The ids of contents that it has. */
  readonly #sent = new Set<string>();
  #sentBytes = 0;
  /** Of each repository the side before that it has. */
  readonly #befores = new Recent<CommitFiles>();
  /** Of what it keeps, as it has told last. */
  #heapBytes = 0;
  #lastId = 0;
  #endedBy: ProcessEnd | null = null;
  isAlive = true;

  constructor(options: CompilerOptions) {
    this.#options = options;
    const { file, readable } = findProgram();
    const memory = `--max-old-space-size=${options.memoryMegabytes}`;
    this.#child = fork(file, [], {
      // Nothing of the service's environment: there is no secret to find.
      env: {},
      execArgv: [memory, "--expose-gc", ...permissionFlags(readable)],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#exited = new Promise((resolve) => {
      const end = (how: ProcessEnd): void => {
        this.isAlive = false;
        resolve(this.#endedBy ?? how);
      };
      this.#child.once("exit", (code, signal) => end(endOf({ code, signal }, options)));
      this.#child.once("error", (error) => end({ kind: "outside", reason: error.message }));
    });
  }

  /** It has compared nothing yet. */
  get isFresh(): boolean {
    return this.#lastId === 0;
  }

  /** It keeps more than it should. */
  get isWorn(): boolean {
    const heapBytesMax = this.#options.memoryMegabytes * MEBIBYTE * KEPT_SHARE_MAX;
    return this.#sentBytes > SENT_BYTES_MAX || this.#heapBytes > heapBytesMax;
  }

  /** @throws CompilerEnded, ContentsTooLarge, and what reading the trees throws */
  async compare({ before, after, ...facts }: Comparison): Promise<Judgement> {
    const known = this.#befores.get(facts.repositoryId) ?? null;
    const changes = {
      before: changeBetween(known, before.files),
      after: changeBetween(before.files, after.files),
    };
    const contents = new Map([
      ...(await this.#readNew(before, changes.before)),
      ...(await this.#readNew(after, changes.after)),
    ]);
    this.#lastId += 1;
    const id = this.#lastId;
    const request: JudgeRequest = {
      leftOut: leftOutNews(before.files, after.files),
      contents: [...contents],
      ...facts,
      ...changes,
    };
    this.#remember(contents);
    this.#befores.set(facts.repositoryId, before.files);
    const { pid = 0 } = this.#child;
    const cancel = limitTime(pid, this.#options, (reason) => void this.end({ kind: "limit", reason }));
    let hear = (): void => undefined;
    const answered = new Promise<Judgement | null>((resolve) => {
      const listen = (message: unknown): void => {
        const answer = answerTo(id, message);
        if (answer === null) return;
        this.#heapBytes = answer.heapBytes;
        resolve(answer.judgement);
      };
      this.#child.on("message", listen);
      hear = () => void this.#child.off("message", listen);
    });
    // A process that has ended refuses; that it has is told by its exit.
    this.#child.send({ id, request }, () => undefined);
    try {
      const ended = this.#exited.then((end) => {
        throw new CompilerEnded(end);
      });
      const judgement = await Promise.race([answered, ended]);
      if (judgement !== null) return judgement;
    } finally {
      cancel();
      hear();
    }
    // It stopped half way, and what it has is not what was sent.
    await this.end(REPLACED);
    throw new ContentsTooLarge();
  }

  async end(by: ProcessEnd): Promise<void> {
    this.#endedBy = by;
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Of what is other in a tree, what it has not been sent yet. */
  #readNew({ readContents }: FileTree, change: TreeChange): Promise<Contents> {
    return readContents(changedPaths(change), (id) => this.#sent.has(id));
  }

  #remember(contents: Contents): void {
    for (const [id, { length }] of contents) {
      this.#sent.add(id);
      this.#sentBytes += length;
    }
  }
}

/** What the process says is taken as data; a judgement has no code in it that anybody would run. */
function answerTo(id: number, message: unknown): JudgeAnswer | null {
  const answer = message as Partial<JudgeAnswer> | null;
  if (answer?.id !== id || answer.judgement === undefined) return null;
  return { id, judgement: answer.judgement, heapBytes: answer.heapBytes ?? 0 };
}

/** A full heap ends Node.js by an abort, which Windows tells as a number. Source: https://nodejs.org/api/process.html#exit-codes */
const ABORTED = 134;
const CRASHES: readonly NodeJS.Signals[] = ["SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGTRAP"];

/** How a process has ended that we have not. */
function endOf(
  { code, signal }: { readonly code: number | null; readonly signal: NodeJS.Signals | null },
  { memoryMegabytes }: Pick<CompilerOptions, "memoryMegabytes">,
): ProcessEnd {
  if (signal === "SIGABRT" || code === ABORTED)
    return { kind: "limit", reason: `it needs more than ${memoryMegabytes} MB of memory` };
  const isCrash = signal === null || CRASHES.includes(signal);
  return {
    kind: isCrash ? "crash" : "outside",
    reason: `its process ended with ${signal ?? code ?? "nothing"}`,
  };
}
