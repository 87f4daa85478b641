import { readdirSync } from "node:fs";
import { readProcessStat } from "../../processes/process-stat.js";

/** A process as the kernel had it when it was asked. */
export interface ProcessEntry {
  readonly processId: number;
  readonly groupId: number;
  readonly sessionId: number;
  /**
   * False for a zombie: in a container whose first process reaps nobody, the dead stay in their group for ever.
   */
  readonly isLiving: boolean;
}

/** The processes of this machine, for all who ask in the same turn of the event loop at once: a reading costs a file a process. */
export class ProcessTable {
  #reading: Promise<readonly ProcessEntry[] | null> | null = null;

  /** As they are at some moment after the call; null where there is no /proc. */
  read(): Promise<readonly ProcessEntry[] | null> {
    this.#reading ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#reading = null;
        resolve(listProcesses());
      });
    });
    return this.#reading;
  }
}

/** The group that a process is of; null when it has ended, and where there is no /proc. */
export function groupOf(processId: number | "self"): number | null {
  return readEntry(String(processId))?.groupId ?? null;
}

function listProcesses(): readonly ProcessEntry[] | null {
  let names: readonly string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return null;
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => readEntry(name) ?? []);
}

/** Null when it has ended between the listing and the reading. */
function readEntry(name: string): ProcessEntry | null {
  const stat = readProcessStat(name);
  if (stat === null) return null;
  const [state = "X", , group, session] = stat;
  return {
    processId: Number(name),
    groupId: Number(group),
    sessionId: Number(session),
    isLiving: state !== "Z" && state !== "X",
  };
}
