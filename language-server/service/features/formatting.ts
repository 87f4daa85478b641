import { formatYaml } from "@headwater/workflow";
import type { Position, TextEdit } from "vscode-languageserver-types";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ProjectFile } from "../workspace.js";

/** Lines from 0, the last one included. */
export interface LineSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The lines that `headwater fmt` would change, or those of them that are in a span; none when the file cannot be formatted,
 * which its findings say.
 */
export function formattingEdits(
  { project, path }: ProjectFile,
  span: LineSpan = { start: 0, end: Infinity },
): TextEdit[] {
  const bytes = project.tree.read(path);
  const formatted = bytes === undefined ? null : formatYaml(path, bytes);
  if (formatted?.ok !== true) return [];
  return lineEdits(project.document(path), formatted.text).filter(
    ({ range: { start, end } }) => start.line <= span.end && Math.max(start.line, end.line - 1) >= span.start,
  );
}

/** Edits of whole lines, so that cursors and marks elsewhere stay where they are. Lines are compared in their order. */
function lineEdits(document: TextDocument, wanted: string): TextEdit[] {
  const old = linesOf(document.getText());
  const now = linesOf(wanted);
  const edits: TextEdit[] = [];
  let at = 0;
  let to = 0;
  while (at < old.length || to < now.length) {
    if (old[at] === now[to] && at < old.length) {
      at += 1;
      to += 1;
      continue;
    }
    const [nextAt, nextTo] = nextEqual(old, now, [at, to]);
    edits.push({
      range: { start: startOf(at, document), end: startOf(nextAt, document) },
      newText: now.slice(to, nextTo).join(""),
    });
    [at, to] = [nextAt, nextTo];
  }
  return edits;
}

/** Where the two texts go on alike: the nearest place, counted in lines of both. */
function nextEqual(
  old: readonly string[],
  now: readonly string[],
  [at, to]: readonly [number, number],
): readonly [number, number] {
  for (let distance = 1; distance <= LINES_COMPARED_MAX; distance += 1) {
    for (let skipped = 0; skipped <= distance; skipped += 1) {
      const [a, b] = [at + skipped, to + distance - skipped];
      const isBoth = a < old.length && b < now.length && old[a] === now[b] && (old[a] ?? "").trim() !== "";
      if (isBoth) return [a, b];
    }
  }
  return [old.length, now.length];
}

/** Formatting moves lines by a few: beyond that the rest is one edit. */
const LINES_COMPARED_MAX = 40;

/** With their line breaks. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function startOf(line: number, document: TextDocument): Position {
  return line < document.lineCount ? { line, character: 0 } : document.positionAt(document.getText().length);
}
