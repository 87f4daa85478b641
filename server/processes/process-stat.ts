import { readFileSync } from "node:fs";

/**
 * What Linux tells of a process, from its state on: `state ppid pgrp session …`. Null when it has ended, and where there is no /proc.
 * Source: proc_pid_stat(5)
 */
export function readProcessStat(processId: number | string): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, "latin1");
    // Its name, in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
