import { canonicalUri, type LanguageService } from "@headwater/language-server";
import type { Connection, TextDocumentIdentifier } from "vscode-languageserver";

/** What the text of one document tells. */
export function answerDocuments(connection: Connection, service: LanguageService): void {
  const of = <T>(
    answer: (uri: string) => T,
  ): ((params: { readonly textDocument: TextDocumentIdentifier }) => T) => {
    return ({ textDocument }) => answer(canonicalUri(textDocument.uri));
  };
  connection.onDocumentSymbol(of((uri) => service.symbols(uri)));
  connection.onFoldingRanges(of((uri) => service.folds(uri)));
  connection.onDocumentLinks(of((uri) => service.links(uri)));
  connection.onDocumentFormatting(of((uri) => service.format(uri)));
  connection.onDocumentRangeFormatting(({ textDocument, range }) =>
    service.format(canonicalUri(textDocument.uri), { start: range.start.line, end: range.end.line }),
  );
  // The line that was just ended; the new one is empty.
  connection.onDocumentOnTypeFormatting(({ textDocument, position: { line } }) =>
    service.format(canonicalUri(textDocument.uri), { start: line - 1, end: line - 1 }),
  );
  connection.onSelectionRanges(({ textDocument, positions }) =>
    service.selections(canonicalUri(textDocument.uri), positions),
  );
  connection.languages.onLinkedEditingRange(({ textDocument, position }) =>
    service.linkedRanges(canonicalUri(textDocument.uri), position),
  );
  connection.languages.semanticTokens.on(({ textDocument }) => ({
    data: service.tokens(canonicalUri(textDocument.uri)),
  }));
}
