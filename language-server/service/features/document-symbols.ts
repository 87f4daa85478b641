import type { Occurrence, SymbolKind as NameKind } from "@headwater/workflow/navigation";
import { SymbolKind, type DocumentSymbol } from "vscode-languageserver-types";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** The nearest kinds that the protocol has. */
export const KINDS_OF_NAMES: Readonly<Record<NameKind, SymbolKind>> = {
  workflow: SymbolKind.Module,
  step: SymbolKind.Function,
  param: SymbolKind.Variable,
  output: SymbolKind.Property,
  variable: SymbolKind.Variable,
  template: SymbolKind.Interface,
  input: SymbolKind.Variable,
  signal: SymbolKind.Event,
  secret: SymbolKind.Key,
  permit: SymbolKind.Key,
  pool: SymbolKind.Key,
};

/** What a file defines, as a tree: steps within their loops, outputs within their steps. */
export function documentSymbols({ project, path }: ProjectFile): DocumentSymbol[] {
  const document = project.document(path);
  const defined = project
    .occurrences(path)
    .filter(({ role, kind }) => role === "definition" && kind !== "signal");
  const top: DocumentSymbol[] = [];
  const open: { readonly end: number; readonly children: DocumentSymbol[] }[] = [];
  for (const occurrence of defined) {
    while ((open.at(-1)?.end ?? Infinity) < occurrence.range.end) open.pop();
    const symbol = symbolOf(occurrence, document);
    (open.at(-1)?.children ?? top).push(symbol);
    const end = occurrence.whole?.end ?? occurrence.range.end;
    open.push({ end, children: (symbol.children ??= []) });
  }
  return top;
}

function symbolOf({ name, kind, range, whole = range }: Occurrence, document: TextDocument): DocumentSymbol {
  const selectionRange = toRange(document, range);
  const around = { start: Math.min(whole.start, range.start), end: Math.max(whole.end, range.end) };
  return {
    name,
    detail: kind,
    kind: KINDS_OF_NAMES[kind],
    range: toRange(document, around),
    selectionRange,
    children: [],
  };
}
