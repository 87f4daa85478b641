import { readFileSync } from "node:fs";
import { findProgram } from "#server/review/compiler/program.js";

/** The ids of the processes of ours that compile; null where the system does not tell. */
export function compilerIds(): readonly number[] | null {
  const children = readIfThere(`/proc/self/task/${process.pid}/children`);
  if (children === null) return null;
  const { file } = findProgram();
  const ids = children.trim().split(" ");
  return ids.filter((id) => readIfThere(`/proc/${id}/cmdline`)?.includes(file)).map(Number);
}

export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
