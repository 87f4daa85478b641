import { readdirSync, readFileSync } from "node:fs";

/** Every launched process carries it, so that it can be found when its launcher dies before it could say the process's id. */
export const LAUNCH_VARIABLE = "HEADWATER_LAUNCH";

/** The processes that carry one of the launch marks; none where there is no /proc (proc(5)). Rare, so it may be slow. */
export function processesOfLaunches(marks: ReadonlySet<string>): readonly number[] {
  if (marks.size === 0) return [];
  return listProcesses().filter((processId) => {
    const mark = markOf(processId);
    return mark !== null && marks.has(mark);
  });
}

function listProcesses(): readonly number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    // Not Linux.
    return [];
  }
}

function markOf(processId: number): string | null {
  try {
    const variables = readFileSync(`/proc/${processId}/environ`, "latin1").split("\0");
    const own = variables.find((variable) => variable.startsWith(`${LAUNCH_VARIABLE}=`));
    return own?.slice(LAUNCH_VARIABLE.length + 1) ?? null;
  } catch {
    // It has ended, or belongs to another user.
    return null;
  }
}
