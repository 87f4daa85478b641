import { hasFolder } from "../project/folder-index.js";
import { resolvePath } from "../project/repository-path.js";
import type { StepFields } from "../schema/step-schema.js";
import type { BodyPlace } from "./body-place.js";

/** A script runs inside of the repository's tree. False when its folder is not there, which an earlier step may still make. */
export function checkWorkingDirectory(
  { working_directory: folder }: Pick<StepFields, "working_directory">,
  { report, tree }: Pick<BodyPlace, "report" | "tree">,
): boolean {
  if (folder === undefined || /^\.?\/?$/.test(folder.value)) return true;
  const { value, range } = folder;
  const inside = resolvePath(`${value}/x`, "");
  if (inside === null) {
    const message = `"${value.slice(0, 80)}" leads out of the repository: a script runs in its tree, so write a folder of it`;
    report({ code: "invalid-value", message, range });
    return true;
  }
  const path = inside.slice(0, -"/x".length);
  if (value.includes("${{") || path === "" || hasFolder(path, tree)) return true;
  const message = `There is no folder "${path.slice(0, 80)}" in the repository: the step fails unless an earlier one makes it`;
  report({ code: "script-missing", message, range });
  return false;
}
