import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import { intendedPath } from "../project/file-kind.js";

/** Files that are ignored although their authors most likely meant them for us. */
export function checkFileNames(paths: readonly string[]): readonly Diagnostic[] {
  return paths.flatMap((path) => {
    const intended = intendedPath(path);
    if (intended === null) return [];
    const { report, diagnostics } = collectFindings(path);
    const message = `"${path}" is ignored for its name: call it "${intended}" if Headwater is to read it`;
    report({ code: "misnamed-file", message, range: { start: 0, end: 0 }, data: { nearest: intended } });
    return diagnostics;
  });
}
