import type { Json } from "@headwater/workflow";

const LONGEST_CELL = 40;
const MOST_COLUMNS = 30;

/** Rows as lines of text, columns aligned, numbers to the right; what is too wide is cut with `…`. */
export function textTable(columns: readonly string[], rows: readonly (readonly Json[])[]): readonly string[] {
  const shown = columns.slice(0, MOST_COLUMNS);
  const cells = [
    shown.map(cut),
    ...rows.map((row) => shown.map((_, index) => cut(cellText(row[index] ?? null)))),
  ];
  const widths = shown.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const isNumber = shown.map((_, index) => rows.some((row) => typeof row[index] === "number"));
  const lines = cells.map((row) =>
    row
      .map((cell, index) =>
        isNumber[index] === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [lines[0] ?? "", rule, ...lines.slice(1)];
}

function cellText(value: Json): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? value.replaceAll(/\s/gu, " ") : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 1)}…` : text;
}
