import type { CompiledWorkflow } from "./compiled-project.js";

/** The workflow of that id, of those of a compiled project, which are sorted by it. */
export function findWorkflow(
  workflows: readonly CompiledWorkflow[],
  id: string,
): CompiledWorkflow | undefined {
  let [from, to] = [0, workflows.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const found = workflows[middle];
    if (found === undefined || found.id === id) return found;
    if (found.id < id) from = middle + 1;
    else to = middle;
  }
  return undefined;
}
