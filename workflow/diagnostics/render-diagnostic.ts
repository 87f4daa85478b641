import type { Diagnostic } from "./diagnostic.js";
import { lineIndex } from "./line-index.js";

/** Longer source lines are cut around the culprit, so a minified line does not flood a terminal. */
const LINE_WIDTH_MAX = 160;

/**
 * A diagnostic for a terminal, without colours: place, severity, code and message, then the source line with `^^^`
 * under the culprit. `text` is the text of the diagnostic's file; of one that is empty, or not there, no line is shown.
 */
export function renderDiagnostic(diagnostic: Diagnostic, text: string): string {
  const lines = lineIndex(text);
  const start = lines.positionAt(diagnostic.range.start);
  const end = lines.positionAt(diagnostic.range.end);
  const line = lines.lineText(start.line).replaceAll("\t", " ");
  const from = start.column > LINE_WIDTH_MAX ? start.column - 1 - LINE_WIDTH_MAX / 2 : 0;
  const shown = line.slice(from, from + LINE_WIDTH_MAX);
  const lastColumn = end.line === start.line ? end.column : line.length + 1;
  const width = Math.max(1, Math.min(lastColumn - start.column, shown.length - (start.column - 1 - from)));
  const gutter = String(start.line);
  const margin = " ".repeat(gutter.length);
  return [
    `${diagnostic.file}:${start.line}:${start.column} ${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}`,
    ...(text === ""
      ? []
      : [`${gutter} | ${shown}`, `${margin} | ${" ".repeat(start.column - 1 - from)}${"^".repeat(width)}`]),
    ...(diagnostic.related ?? []).map((place) => `${margin} = ${place.file}: ${place.message}`),
    ...(diagnostic.fix === undefined ? [] : [`${margin} = to mend it: ${diagnostic.fix.title}`]),
  ].join("\n");
}
