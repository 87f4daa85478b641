import type { TextRange } from "@headwater/workflow";
import type { SyntaxNode } from "@headwater/workflow/navigation";
import type { FoldingRange } from "vscode-languageserver-types";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ProjectFile } from "../workspace.js";

/** What may be folded: every value that begins below its key, every item of more than one line, and runs of comments. */
export function foldingRanges({ project, path }: ProjectFile): FoldingRange[] {
  const model = project.model(path);
  if (model === null) return [];
  const document = project.document(path);
  const byLines = new Map<string, FoldingRange>();
  const folds = model.root === null ? [] : foldsIn(model.root, document);
  for (const fold of [...commentFolds(document), ...folds]) {
    if (fold.endLine > fold.startLine) byLines.set(`${fold.startLine} ${fold.endLine}`, fold);
  }
  return [...byLines.values()];
}

function foldsIn(node: SyntaxNode, document: TextDocument): readonly FoldingRange[] {
  if (node.kind === "scalar") return [];
  if (node.kind === "list")
    return node.items.flatMap((item) => [foldOf(item.range, document), ...foldsIn(item, document)]);
  return node.entries.flatMap(({ keyRange, value }) => [
    foldOf({ start: keyRange.start, end: value.range.end }, document),
    ...foldsIn(value, document),
  ]);
}

/** A block ends after its last line break: what is folded ends with what is written. */
function foldOf({ start, end }: TextRange, document: TextDocument): FoldingRange {
  const written = document.getText().slice(start, end).trimEnd().length;
  return { startLine: document.positionAt(start).line, endLine: document.positionAt(start + written).line };
}

function commentFolds(document: TextDocument): readonly FoldingRange[] {
  const folds: FoldingRange[] = [];
  for (const { index, 0: comment } of document.getText().matchAll(/^[ \t]*#.*(?:\r?\n[ \t]*#.*)+/gm)) {
    const startLine = document.positionAt(index).line;
    folds.push({ startLine, endLine: document.positionAt(index + comment.length).line, kind: "comment" });
  }
  return folds;
}
