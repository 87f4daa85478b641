import { lineIndex, type Diagnostic } from "@headwater/workflow";

/** A finding as programs read it: lines and columns from 1, the file from the project's root. */
export interface LocatedFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Diagnostic["severity"];
  readonly code: string;
  readonly message: string;
}

/** Findings with lines and columns. */
export function locateFindings(
  findings: readonly Diagnostic[],
  textOf: (file: string) => string,
): readonly LocatedFinding[] {
  return findings.map(({ file, range, severity, code, message }) => {
    const lines = lineIndex(textOf(file));
    const start = lines.positionAt(range.start);
    const end = lines.positionAt(range.end);
    const place = { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    return { file, ...place, severity, code, message };
  });
}
