import { lineIndex, type SourceTree, type TextRange } from "@headwater/workflow";
import type { LocatedDiagnostic } from "../../store/located-diagnostic.js";

/** Lines and columns from 1. */
export type Place = Omit<LocatedDiagnostic, "severity" | "code" | "message">;

/** Tells lines and columns in the files of a tree; of many in one file it reads that once. */
export class Places {
  readonly #tree: SourceTree;
  #last: { readonly file: string; readonly lines: ReturnType<typeof lineIndex> } | null = null;

  constructor(tree: SourceTree) {
    this.#tree = tree;
  }

  find(file: string, range: TextRange): Place {
    const lines = this.#last?.file === file ? this.#last.lines : lineIndex(this.textIn(file) ?? "");
    this.#last = { file, lines };
    const start = lines.positionAt(range.start);
    const end = lines.positionAt(range.end);
    return { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  }

  /** Null when it is not there. */
  textIn(file: string): string | null {
    const bytes = this.#tree.read(file);
    return bytes === undefined ? null : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }
}
