import { readFileSync } from "node:fs";

/** Every launched process carries its mark in it, so that it can be found when whoever started it cannot say its id any more. */
export const LAUNCH_VARIABLE = "HEADWATER_LAUNCH";

/** The mark that a process was started with; null when it has none, has ended, or belongs to another user. Source: proc(5). */
export function markOf(processId: number): string | null {
  try {
    const variables = readFileSync(`/proc/${processId}/environ`, "latin1").split("\0");
    const own = variables.find((variable) => variable.startsWith(`${LAUNCH_VARIABLE}=`));
    return own?.slice(LAUNCH_VARIABLE.length + 1) ?? null;
  } catch {
    // It has ended, or belongs to another user.
    return null;
  }
}
