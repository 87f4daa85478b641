import { lineIndex, type Diagnostic, type SourceTree } from "@headwater/workflow";
import type { LocatedDiagnostic } from "../store/located-diagnostic.js";

/** What one deployment keeps: nobody reads further, and a hostile commit could have millions. */
const MAX_KEPT = 1000;

/** Turns offsets into lines and columns while the text is at hand. Errors come first, so that a cut never hides one. */
export function locateDiagnostics(
  diagnostics: readonly Diagnostic[],
  tree: SourceTree,
): readonly LocatedDiagnostic[] {
  const ordered = [...diagnostics].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_KEPT);
  const indexes = new Map(
    [...new Set(ordered.map(({ file }) => file))].map((file) => [file, indexOf(file, tree)]),
  );
  return ordered.map(({ file, range, severity, code, message }) => {
    const start = indexes.get(file)?.positionAt(range.start) ?? { line: 1, column: 1 };
    const end = indexes.get(file)?.positionAt(range.end) ?? start;
    const place = { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    return { file, ...place, severity, code, message };
  });
}

function rank({ severity }: Diagnostic): number {
  return ["error", "warning", "info"].indexOf(severity);
}

/** The text as the compiler saw it: bytes that are not UTF-8 replaced, a byte order mark counted. */
function indexOf(file: string, tree: SourceTree): ReturnType<typeof lineIndex> {
  return lineIndex(new TextDecoder("utf-8", { ignoreBOM: true }).decode(tree.read(file)));
}
