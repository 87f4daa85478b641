import { canonicalUri, type LanguageService } from "@headwater/language-server";
import {
  LSPErrorCodes,
  ResponseError,
  type Connection,
  type FileOperationRegistrationOptions,
  type WorkspaceEditClientCapabilities,
} from "vscode-languageserver";

/** What others may name: files of the language, queries, scripts and notebooks, and the folders in which they are. */
export const MOVED_FILES: FileOperationRegistrationOptions = {
  filters: [
    { pattern: { glob: "**/*.{yaml,sql,sh,bash,py,js,mjs,cjs,ts,rb,pl,R,ipynb}", matches: "file" } },
    { pattern: { glob: "**", matches: "folder" } },
  ],
};

/** Names stand in any file of the project, so these wait until all are known. */
export function answerNames(
  connection: Connection,
  service: LanguageService,
  { loaded, edits }: { readonly loaded: Promise<void>; readonly edits: WorkspaceEditClientCapabilities },
): void {
  const renamesFiles =
    edits.documentChanges === true && edits.resourceOperations?.includes("rename") === true;
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
    const renamed = service.rename(canonicalUri(textDocument.uri), position, { newName, renamesFiles });
    if (renamed === null) return null;
    return renamed.ok ? renamed.edit : new ResponseError(LSPErrorCodes.RequestFailed, renamed.message);
  });
  connection.workspace.onWillRenameFiles(async ({ files }) => {
    await loaded;
    return service.moveFiles(
      files.map(({ oldUri, newUri }) => ({ oldUri: canonicalUri(oldUri), newUri: canonicalUri(newUri) })),
    );
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
