/** The name of the project's settings, at the root of the repository. */
export const SETTINGS_PATH = "headwater.yaml";

export type FileKind = "settings" | "workflow" | "template" | "test";

/** What a file is to the compiler, told by its name alone; null when it is none of ours. */
export function fileKind(path: string): FileKind | null {
  if (path === SETTINGS_PATH) return "settings";
  if (path.endsWith(".workflow.test.yaml")) return "test";
  if (path.endsWith(".workflow.yaml")) return "workflow";
  return path.endsWith(".template.yaml") ? "template" : null;
}

/** The name of a workflow or of its tests, but for one thing: `yml`, a plural, or a capital letter. */
const NEARLY_WORKFLOW = /^(.+)\.workflows?(\.tests?)?\.ya?ml$/i;

/**
 * What a file is called that its author most likely meant for the compiler, which does not read it under the name it has; null
 * when there is nothing to say. Templates are not guessed at: who uses one names its file, and other tools have files like that.
 */
export function intendedPath(path: string): string | null {
  if (fileKind(path) !== null) return null;
  if (/^headwater\.ya?ml$/i.test(path)) return SETTINGS_PATH;
  const [, stem, test] = NEARLY_WORKFLOW.exec(path) ?? [];
  if (stem === undefined) return null;
  return `${stem}.workflow${test === undefined ? "" : ".test"}.yaml`;
}
