import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import { SETTINGS_PATH } from "./file-kind.js";

/**
 * The paths that belong to the project itself. A folder with a `headwater.yaml` of its own is another project, such as an
 * example or a fixture of a test: its workflows are not of this one, though files in it may be named.
 */
export function ownPaths(paths: readonly string[]): readonly string[] {
  const nested = nestedFolders(paths);
  if (nested.length === 0) return paths;
  return paths.filter((path) => !nested.some((folder) => path.startsWith(folder)));
}

/** Says of each project within that it is left out. */
export function checkNestedProjects(paths: readonly string[]): readonly Diagnostic[] {
  return nestedFolders(paths).flatMap((folder) => {
    const { report, diagnostics } = collectFindings(`${folder}${SETTINGS_PATH}`);
    const message = `"${folder}" is a project of its own: nothing in it belongs to the project around it`;
    report({ code: "nested-project", message, range: { start: 0, end: 0 } });
    return diagnostics;
  });
}

/** The folders of projects within, with their last `/`. */
export function nestedFolders(paths: readonly string[]): readonly string[] {
  return paths
    .filter((path) => path.endsWith(`/${SETTINGS_PATH}`))
    .map((path) => path.slice(0, -SETTINGS_PATH.length));
}
