import type { Diagnostic, RelatedPlace } from "./diagnostic.js";
import { lineIndex } from "./line-index.js";
import { visibleText } from "./visible-text.js";

/** Longer source lines are cut around the culprit, so a minified line does not flood a terminal. */
const LINE_WIDTH_MAX = 160;
/** A circle may lead through thousands of places: the first ones are told. */
const RELATED_MAX = 10;

/**
 * A diagnostic for a terminal, without colours: place, severity, code and message, then the source line with `^^^`
 * under the culprit, and the places that have to do with it. `textOf` gives the text of each file that it names; of one that
 * is empty, or not there, no line is shown.
 */
export function renderDiagnostic(diagnostic: Diagnostic, textOf: (file: string) => string): string {
  const text = textOf(diagnostic.file);
  const lines = lineIndex(text);
  const start = lines.positionAt(diagnostic.range.start);
  const end = lines.positionAt(diagnostic.range.end);
  const line = lines.lineText(start.line).replaceAll("\t", " ");
  const from = start.column > LINE_WIDTH_MAX ? start.column - 1 - LINE_WIDTH_MAX / 2 : 0;
  const shown = line.slice(from, from + LINE_WIDTH_MAX);
  const lastColumn = end.line === start.line ? end.column : line.length + 1;
  const before = shown.slice(0, start.column - 1 - from);
  const culprit = shown.slice(before.length, lastColumn - 1 - from);
  const gutter = String(start.line);
  const margin = " ".repeat(gutter.length);
  const parts = [
    `${diagnostic.file}:${start.line}:${start.column} ${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}`,
    ...(text === ""
      ? []
      : [
          `${gutter} | ${shown}`,
          `${margin} | ${" ".repeat(widthOf(before))}${"^".repeat(Math.max(1, widthOf(culprit)))}`,
        ]),
    ...renderRelated(diagnostic.related ?? [], textOf).map((line) => `${margin} = ${line}`),
    ...(diagnostic.fix === undefined ? [] : [`${margin} = to mend it: ${diagnostic.fix.title}`]),
  ];
  return visibleText(parts.join("\n"));
}

/** Some signs of a file take more room where they are shown. */
function widthOf(text: string): number {
  return visibleText(text).length;
}

function renderRelated(places: readonly RelatedPlace[], textOf: (file: string) => string): readonly string[] {
  const shown = places.slice(0, RELATED_MAX).map(({ file, range, message }) => {
    const { line, column } = lineIndex(textOf(file)).positionAt(range.start);
    return `${file}:${line}:${column} ${message}`;
  });
  const more = places.length - shown.length;
  return more === 0 ? shown : [...shown, `and ${more} more`];
}
