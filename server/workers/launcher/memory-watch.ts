import { readFileSync } from "node:fs";
import type { ProcessTable } from "./process-table.js";

/** How long more than the limit may be had before it is seen. */
const LOOK_EVERY_MS = 100;
const BYTES_PER_KIBIBYTE = 1024;

interface Watched {
  readonly sessionId: number;
  readonly limitBytes: number;
  readonly onExceeded: (usedBytes: number) => void;
}

/**
 * Looks ten times a second at what the processes of some sessions have of the machine's memory. A limit of the kernel for each process
 * (RLIMIT_AS) would count what a program only reserves, which is gigabytes for Node.js and the JVM, and not what its children have. Where
 * there is no /proc nothing is seen.
 */
export class MemoryWatch {
  readonly #table: ProcessTable;
  readonly #watched = new Set<Watched>();
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
    for (const watched of this.#watched) {
      const members = processes.filter(({ sessionId }) => sessionId === watched.sessionId);
      const usedBytes = memoryOf(
        members.map(({ processId }) => processId),
        watched.limitBytes,
      );
      if (usedBytes <= watched.limitBytes) continue;
      this.#watched.delete(watched);
      watched.onExceeded(usedBytes);
    }
    this.#timer = null;
    if (this.#watched.size > 0) this.#lookLater();
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
