import { canonicalUri, type LanguageService } from "@headwater/language-server";
import { LSPErrorCodes, ResponseError, type Connection } from "vscode-languageserver";

/** Names stand in any file of the project, so these wait until all are known. */
export function answerNames(connection: Connection, service: LanguageService, loaded: Promise<void>): void {
  connection.onDefinition(async ({ textDocument, position }) => {
    await loaded;
    return service.definitions(canonicalUri(textDocument.uri), position);
  });
  connection.onReferences(async ({ textDocument, position, context }) => {
    await loaded;
    const options = { withDefinition: context.includeDeclaration };
    return service.references(canonicalUri(textDocument.uri), position, options);
  });
  connection.onDocumentHighlight(({ textDocument, position }) =>
    service.highlights(canonicalUri(textDocument.uri), position),
  );
  connection.onPrepareRename(({ textDocument, position }) =>
    service.renameable(canonicalUri(textDocument.uri), position),
  );
  connection.onRenameRequest(async ({ textDocument, position, newName }) => {
    await loaded;
    const renamed = service.rename(canonicalUri(textDocument.uri), position, newName);
    if (renamed === null) return null;
    return renamed.ok ? renamed.edit : new ResponseError(LSPErrorCodes.RequestFailed, renamed.message);
  });
  connection.onWorkspaceSymbol(async ({ query }) => {
    await loaded;
    return service.workspaceSymbols(query);
  });
}

/** Who makes whom run: in any file of the project, too. */
export function answerCalls(connection: Connection, service: LanguageService, loaded: Promise<void>): void {
  const { callHierarchy } = connection.languages;
  callHierarchy.onPrepare(async ({ textDocument, position }) => {
    await loaded;
    return service.callItems(canonicalUri(textDocument.uri), position);
  });
  callHierarchy.onIncomingCalls(({ item }) =>
    service.incomingCalls({ ...item, uri: canonicalUri(item.uri) }),
  );
  callHierarchy.onOutgoingCalls(({ item }) =>
    service.outgoingCalls({ ...item, uri: canonicalUri(item.uri) }),
  );
}
