import type { CompiledWorkflow } from "./compiled-project.js";
import { SETTINGS_PATH } from "./file-kind.js";

/**
 * The files that decide what a run of a workflow does, by path: the project's settings, its own, those of its templates, and the
 * same of the workflows that its steps run.
 */
export function filesBehind(
  workflow: CompiledWorkflow,
  find: (id: string) => CompiledWorkflow | undefined,
): ReadonlySet<string> {
  const files = new Set([SETTINGS_PATH]);
  // A set is walked in the order in which it grows.
  const workflows = new Set([workflow]);
  for (const { path, uses } of workflows) {
    files.add(path);
    for (const template of uses.templates) files.add(template);
    for (const called of uses.workflows.map(find)) if (called !== undefined) workflows.add(called);
  }
  return files;
}
