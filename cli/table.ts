import { stripVTControlCharacters } from "node:util";
import { visibleLine } from "@headwater/workflow";

const GAP = "  ";
const NARROWEST = 8;

/**
 * Rows under titles, columns as wide as their widest cell. Cells may be coloured. When the whole is wider than `columns` the
 * last column gives way, and what is still too wide is cut. Every line ends with a line break.
 */
export function renderTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ""))));
  const fixed = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  const last = Math.max(NARROWEST, Math.min(widths.at(-1) ?? 0, columns - fixed));
  const lines = all.map((row) => {
    const cells = row.map((cell, column) =>
      column === titles.length - 1
        ? clip(cell, last)
        : cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)),
    );
    return clip(cells.join(GAP).trimEnd(), columns);
  });
  return `${lines.join("\n")}\n`;
}

/** Text from outside, safe for a terminal on one line. The colours of what was printed are left out. */
export function plain(text: string): string {
  return visibleLine(stripVTControlCharacters(text));
}

function widthOf(cell: string): number {
  return Array.from(stripVTControlCharacters(cell)).length;
}

/** A cell that is cut loses its colour: half an escape sequence would colour all that follows. */
function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${Array.from(stripVTControlCharacters(text))
    .slice(0, Math.max(0, width - 1))
    .join("")}…`;
}
