import type { SyntaxNode } from "@headwater/workflow/navigation";
import type { TextRange } from "@headwater/workflow";
import type { SelectionRange } from "vscode-languageserver-types";
import { nameAt } from "../named-place.js";
import { touches, toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** What grows around a cursor: the name, the value, the key with its value, the map, and so on to the whole file. */
export function selectionAt(file: ProjectFile, offset: number): SelectionRange {
  const { project, path } = file;
  const document = project.document(path);
  const root = project.model(path)?.root ?? null;
  const name = nameAt(file, offset);
  const ranges = [
    { start: 0, end: document.getText().length },
    ...(root === null ? [] : rangesAround(root, offset)),
    ...(name === undefined ? [] : [name.range]),
  ];
  let selection: SelectionRange | undefined;
  let last: TextRange | undefined;
  for (const range of ranges) {
    if (last !== undefined && !isSmaller(range, last)) continue;
    last = range;
    selection = {
      range: toRange(document, range),
      ...(selection === undefined ? {} : { parent: selection }),
    };
  }
  return selection ?? { range: toRange(document, { start: offset, end: offset }) };
}

/** Outer first. */
function rangesAround(node: SyntaxNode, offset: number): readonly TextRange[] {
  if (node.kind === "list") {
    const item = node.items.find(({ range }) => touches(range, offset));
    return [node.range, ...(item === undefined ? [] : rangesAround(item, offset))];
  }
  if (node.kind === "scalar") return [node.range];
  const entry = node.entries.find(({ keyRange, value }) =>
    touches({ start: keyRange.start, end: value.range.end }, offset),
  );
  if (entry === undefined) return [node.range];
  const { keyRange, value } = entry;
  const inside = touches(keyRange, offset)
    ? [keyRange]
    : touches(value.range, offset)
      ? rangesAround(value, offset)
      : [];
  return [node.range, { start: keyRange.start, end: value.range.end }, ...inside];
}

/** An editor asks that each lies in the one around it. */
function isSmaller(range: TextRange, around: TextRange): boolean {
  const isInside = around.start <= range.start && range.end <= around.end;
  return isInside && (range.start !== around.start || range.end !== around.end);
}
