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
