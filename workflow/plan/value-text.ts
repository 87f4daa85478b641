import type { Json } from "../types/json.js";

const LENGTH_MAX = 100;

/** A value on one line, of bounded length: texts as they are, anything else as JSON. */
export function valueText(value: Json): string {
  return clipped(typeof value === "string" && value.trim() !== "" ? value : JSON.stringify(value));
}

/** Two values as JSON, from shortly before where they differ: `1` and `"1"`, or texts with other ends. */
export function toldApart(before: Json, after: Json): readonly [string, string] {
  const [old, now] = [JSON.stringify(before), JSON.stringify(after)];
  let at = 0;
  while (at < old.length && old[at] === now[at]) at += 1;
  const start = at < LENGTH_MAX / 2 ? 0 : at - LENGTH_MAX / 4;
  const shown = (text: string): string => clipped(start === 0 ? text : `…${text.slice(start)}`);
  return [shown(old), shown(now)];
}

/** The first lines in which two texts differ, and how many more do. */
export interface LineDifference {
  /** From 1, in the text after. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** Of the stretch from there on that is not the same. */
  readonly linesBefore: number;
  readonly linesAfter: number;
}

/** Where two texts of many lines differ: what they begin and end with alike is left out. Null when both have one line, or only their ends differ. */
export function lineDifference(before: Json, after: Json): LineDifference | null {
  if (typeof before !== "string" || typeof after !== "string") return null;
  if (before.trimEnd() === after.trimEnd()) return null;
  const old = before.trimEnd().split("\n");
  const now = after.trimEnd().split("\n");
  if (old.length === 1 && now.length === 1) return null;
  const { start, end } = commonEnds(old, now);
  const oldLines = old.slice(start, old.length - end);
  const newLines = now.slice(start, now.length - end);
  return {
    line: start + 1,
    before: oldLines[0] ?? "",
    after: newLines[0] ?? "",
    linesBefore: oldLines.length,
    linesAfter: newLines.length,
  };
}

/** How many lines two texts begin with alike, and how many after those they end with alike. Linear. */
function commonEnds(
  a: readonly string[],
  b: readonly string[],
): { readonly start: number; readonly end: number } {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < most - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return { start, end };
}

/** On one line, at most so many characters, none of them cut in half. */
export function clipped(text: string): string {
  const line = text
    .slice(0, 4 * LENGTH_MAX)
    .replace(/\s+/g, " ")
    .trim();
  const characters = Array.from(line);
  const isWhole = characters.length <= LENGTH_MAX && text.length <= 4 * LENGTH_MAX;
  return isWhole ? line : `${characters.slice(0, LENGTH_MAX - 1).join("")}…`;
}
