import { lineIndex, type Diagnostic, type SourceTree } from "@headwater/workflow";
import type { LocatedDiagnostic } from "../store/located-diagnostic.js";

/** What one deployment keeps: nobody reads further, and a hostile commit could have millions. */
const MAX_KEPT = 1000;

/**
 * Turns offsets into lines and columns while the text is at hand. A finding of a file that did not change is the same object as before,
 * and is not located again.
 */
export class DiagnosticLocator {
  readonly #located = new WeakMap<Diagnostic, LocatedDiagnostic>();

  /** Errors come first, so that a cut never hides one. */
  locate(diagnostics: readonly Diagnostic[], tree: SourceTree): readonly LocatedDiagnostic[] {
    const ordered = [...diagnostics].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_KEPT);
    const indexes = new Map<string, LineIndex>();
    return ordered.map((diagnostic) => {
      const located = this.#located.get(diagnostic) ?? locateIn(tree, diagnostic, indexes);
      this.#located.set(diagnostic, located);
      return located;
    });
  }
}

type LineIndex = ReturnType<typeof lineIndex>;

function locateIn(
  tree: SourceTree,
  { file, range, severity, code, message }: Diagnostic,
  indexes: Map<string, LineIndex>,
): LocatedDiagnostic {
  const index = indexes.get(file) ?? indexOf(file, tree);
  indexes.set(file, index);
  const start = index.positionAt(range.start);
  const end = index.positionAt(range.end);
  const place = { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  return { file, ...place, severity, code, message };
}

function rank({ severity }: Diagnostic): number {
  return ["error", "warning", "info"].indexOf(severity);
}

/** The text as the compiler saw it: bytes that are not UTF-8 replaced, a byte order mark counted. */
function indexOf(file: string, tree: SourceTree): LineIndex {
  return lineIndex(new TextDecoder("utf-8", { ignoreBOM: true }).decode(tree.read(file)));
}
