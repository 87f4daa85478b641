import { canonicalUri } from "@headwater/language-server";
import type { Connection, WorkspaceDocumentDiagnosticReport } from "vscode-languageserver";
import type { KnownFindings } from "./known-findings.js";

/** Answers a client that asks for findings: of one document, or of all files. What it has already is not sent again. */
export function answerDiagnostics({ languages }: Connection, findings: KnownFindings): void {
  /** Of which it was told that something is wrong: it may have forgotten that it was, and show it still. */
  const told = new Set<string>();

  languages.diagnostics.on(async ({ textDocument, previousResultId }, token) => {
    await findings.whenKnown(token);
    const uri = canonicalUri(textDocument.uri);
    const { resultId, items } = findings.of(uri);
    if (resultId === undefined) return { kind: "full", items };
    told.add(uri);
    return resultId === previousResultId
      ? { kind: "unchanged", resultId }
      : { kind: "full", resultId, items };
  });

  // Of what did not change it is not told, and when nothing did, there is nothing to answer: it would only ask again.
  languages.diagnostics.onWorkspace(async ({ previousResultIds }, token) => {
    const known = new Map(previousResultIds.map(({ uri, value }) => [canonicalUri(uri), value]));
    await findings.whenKnown(token);
    let items = changesSince(known);
    while (items.length === 0 && known.size > 0) {
      await findings.whenKnown(token, findings.edition);
      items = changesSince(known);
    }
    return { items };
  });

  function changesSince(known: ReadonlyMap<string, string>): WorkspaceDocumentDiagnosticReport[] {
    const mended = [...known.keys(), ...told].filter((uri) => findings.of(uri).resultId === undefined);
    for (const uri of mended) told.delete(uri);
    const found = [...findings.uris].filter((uri) => findings.of(uri).resultId !== known.get(uri));
    for (const uri of found) told.add(uri);
    return [...new Set([...found, ...mended])].map((uri) => ({
      kind: "full",
      uri,
      version: null,
      ...findings.of(uri),
    }));
  }
}
