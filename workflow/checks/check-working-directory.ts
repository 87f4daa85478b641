import { resolvePath } from "../project/repository-path.js";
import type { StepFields } from "../schema/step-schema.js";
import type { BodyPlace } from "./body-place.js";

/** A script runs inside of the repository's tree. */
export function checkWorkingDirectory(
  { working_directory: folder }: Pick<StepFields, "working_directory">,
  { report }: Pick<BodyPlace, "report">,
): void {
  if (folder === undefined || /^\.?\/?$/.test(folder.value) || resolvePath(`${folder.value}/x`, "") !== null)
    return;
  const message = `"${folder.value.slice(0, 80)}" leads out of the repository: a script runs in its tree, so write a folder of it`;
  report({ code: "invalid-value", message, range: folder.range });
}
