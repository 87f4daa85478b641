import { canonicalUri, isOfLanguage, type LanguageService } from "@headwater/language-server";
import {
  DocumentDiagnosticReportKind,
  type Connection,
  type Diagnostic,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import type { Checker } from "./checker.js";
import type { Timer } from "./timer.js";

/** What it takes to tell findings. */
export interface DiagnosticsQuestions {
  readonly connection: Connection;
  readonly service: LanguageService;
  readonly checker: Checker;
  readonly timer: Timer;
}

/** Answers a client that asks for findings: of one document, or of all files. What it has already is not sent again. */
export function answerDiagnostics({ connection, service, checker }: DiagnosticsQuestions): void {
  const results = new Results();
  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }, token) => {
    await checker.checkFor(token);
    const uri = canonicalUri(textDocument.uri);
    const items = service.diagnosticsOf(uri);
    const resultId = results.idOf(uri, items);
    if (resultId === previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
    return { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  });
  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }, token) => {
    await checker.checkFor(token);
    const known = new Map(previousResultIds.map(({ uri, value }) => [canonicalUri(uri), value]));
    const uris = new Set([...service.workspace.files.uris()].filter(isOfLanguage));
    const items = [...uris].map((uri): WorkspaceDocumentDiagnosticReport => {
      const version = service.workspace.files.document(uri)?.version ?? null;
      const found = service.diagnosticsOf(uri);
      const resultId = results.idOf(uri, found);
      if (known.get(uri) === resultId) return { kind: "unchanged", uri, version, resultId };
      return { kind: "full", uri, version, resultId, items: found };
    });
    const told = new Set([...known.keys(), ...results.files()]);
    const gone = [...told].filter((uri) => !uris.has(uri));
    results.forget(gone);
    return { items: [...items, ...gone.map(withoutFindings)] };
  });
}

/** A client keeps what it was told of a file until it is told something else. */
function withoutFindings(uri: string): WorkspaceDocumentDiagnosticReport {
  return { kind: "full", uri, version: null, items: [] };
}

/** Names for what was answered: of a file the same as long as its findings are. */
class Results {
  readonly #known = new Map<string, { readonly content: string; readonly id: string }>();
  #count = 0;

  /** Files of which something was answered. */
  files(): Iterable<string> {
    return this.#known.keys();
  }

  forget(uris: readonly string[]): void {
    for (const uri of uris) this.#known.delete(uri);
  }

  idOf(uri: string, diagnostics: readonly Diagnostic[]): string {
    const content = JSON.stringify(diagnostics);
    const known = this.#known.get(uri);
    if (known?.content === content) return known.id;
    this.#count += 1;
    const id = String(this.#count);
    this.#known.set(uri, { content, id });
    return id;
  }
}
