import type { RunRow } from "../store/store.js";

/** A run as people name it: `sales/daily#12`. */
export function runName({
  project,
  workflow,
  number,
}: Pick<RunRow, "project" | "workflow" | "number">): string {
  return `${project}/${workflow}#${number}`;
}
