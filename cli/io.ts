import { userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import { buffer } from "node:stream/consumers";
import { UsageError } from "./usage-error.js";

/** What the command line touches of the world; tests may pass their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly fetch: typeof fetch;
  /** Who is typing: runs say who started them. */
  readonly user: string;
  /** Never the same twice: names a request, so that a repeated one is done once. */
  newId(): string;
  /** Asks who sits at the terminal, and gives the line that they type; null when nobody does. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** All of standard input, to its end. */
  readInput(): Promise<Uint8Array>;
  /** The wall clock, epoch milliseconds. */
  now(): number;
  /** Milliseconds. */
  readonly pause: (delayMs: number) => Promise<void>;
  /** Calls back at Ctrl-C and at a polite kill, instead of ending; returns how to stop listening. */
  onInterrupt(callback: () => void): () => void;
}

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Of the terminal; endless when it is none. */
  readonly columns: number;
  readonly rows: number;
}

/** The process's own. A reader that closes early (`| head`) ends the process quietly. */
export function processIo(): Io {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    fetch: globalThis.fetch,
    user: userName(),
    newId: () => globalThis.crypto.randomUUID(),
    ask: process.stdin.isTTY && process.stdout.isTTY ? askAtTerminal : null,
    readInput: () => buffer(process.stdin),
    now: () => Date.now(),
    pause: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    onInterrupt(callback) {
      process.on("SIGINT", callback);
      process.on("SIGTERM", callback);
      return () => {
        process.off("SIGINT", callback);
        process.off("SIGTERM", callback);
      };
    },
  };
}

async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const aborted = new AbortController();
  // Ctrl-C and Ctrl-D take the question back.
  terminal.on("close", () => aborted.abort());
  try {
    return await terminal.question(question, { signal: aborted.signal });
  } catch (cause) {
    throw new UsageError("Cannot go on without an answer", { cause });
  } finally {
    terminal.close();
  }
}

function outputOf(stream: NodeJS.WriteStream): Output {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 2);
  });
  return {
    write: (text) => void stream.write(text),
    get isTerminal() {
      // A pipe or a file has no such property, whatever its type says.
      return "isTTY" in stream && stream.isTTY;
    },
    get columns() {
      // A terminal that does not know its size says 0.
      return stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;
    },
    get rows() {
      return stream.isTTY ? stream.rows || 24 : Number.POSITIVE_INFINITY;
    },
  };
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
