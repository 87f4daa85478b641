import { readFileSync } from "node:fs";
import { markOf } from "./launch-variable.js";
import type { ProcessEntry, ProcessTable } from "./process-table.js";

/** How long more than the limit may be had before it is seen. */
const LOOK_EVERY_MS = 100;
const BYTES_PER_KIBIBYTE = 1024;

/** An attempt whose memory is limited. */
export interface Watched {
  readonly sessionId: number;
  /** What its processes carry, also those that have left the session; null for nothing. */
  readonly mark: string | null;
  readonly limitBytes: number;
  /** With those that have left the session. */
  readonly onExceeded: (usedBytes: number, escaped: readonly ProcessEntry[]) => void;
}

/**
 * Looks ten times a second at what the processes of some sessions have of the machine's memory, with those that have left them. A limit of the kernel for each process
 * (RLIMIT_AS) would count what a program only reserves, which is gigabytes for Node.js and the JVM, and not what its children have. Where
 * there is no /proc nothing is seen.
 */
export class MemoryWatch {
  readonly #table: ProcessTable;
  readonly #watched = new Set<Watched>();
  /** By process: what it carries. It cannot change, and reading it ten times a second would cost. */
  #marks: ReadonlyMap<number, string | null> = new Map();
  #timer: NodeJS.Timeout | null = null;

  constructor(table: ProcessTable) {
    this.#table = table;
  }

  /** Answers how to end it; `onExceeded` is called once at most. */
  add(watched: Watched): () => void {
    this.#watched.add(watched);
    if (this.#timer === null) this.#lookLater();
    return () => this.#watched.delete(watched);
  }

  async #look(): Promise<void> {
    const processes = (await this.#table.read()) ?? [];
    this.#learnMarks(processes);
    for (const watched of this.#watched) {
      const members = processes.filter((process) => this.#isOf(process, watched));
      const usedBytes = memoryOf(
        members.map(({ processId }) => processId),
        watched.limitBytes,
      );
      if (usedBytes <= watched.limitBytes) continue;
      this.#watched.delete(watched);
      watched.onExceeded(
        usedBytes,
        members.filter(({ sessionId }) => sessionId !== watched.sessionId),
      );
    }
    this.#timer = null;
    if (this.#watched.size > 0) this.#lookLater();
  }

  /** Of those that are in a session which is watched it does not matter. */
  #learnMarks(processes: readonly ProcessEntry[]): void {
    const sessions = new Set([...this.#watched].map(({ sessionId }) => sessionId));
    const others = processes.filter(({ sessionId }) => !sessions.has(sessionId));
    this.#marks = new Map(
      others.map(({ processId }) => [
        processId,
        this.#marks.has(processId) ? (this.#marks.get(processId) ?? null) : markOf(processId),
      ]),
    );
  }

  #isOf({ processId, sessionId }: ProcessEntry, watched: Watched): boolean {
    if (sessionId === watched.sessionId) return true;
    return watched.mark !== null && this.#marks.get(processId) === watched.mark;
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }
}

/**
 * In bytes, what is shared counted once. That costs the kernel a walk through all their pages, so it is asked for only when what each has,
 * with all that is shared, is more than the limit. Source: proc(5), `VmRSS` and `Pss`.
 */
function memoryOf(processIds: readonly number[], limitBytes: number): number {
  const resident = sum(processIds, "status", /^VmRSS:\s+(\d+) kB/m);
  return resident <= limitBytes ? resident : sum(processIds, "smaps_rollup", /^Pss:\s+(\d+) kB/m);
}

function sum(processIds: readonly number[], file: "status" | "smaps_rollup", line: RegExp): number {
  return processIds.reduce((total, processId) => total + sizeIn(`/proc/${processId}/${file}`, line), 0);
}

/** Nothing of one that has ended, or that belongs to another user. */
function sizeIn(path: string, line: RegExp): number {
  try {
    return Number(line.exec(readFileSync(path, "latin1"))?.[1] ?? 0) * BYTES_PER_KIBIBYTE;
  } catch {
    return 0;
  }
}
