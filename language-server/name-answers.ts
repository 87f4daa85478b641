import { canonicalUri, type LanguageService } from "@headwater/language-server";
import {
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type Connection,
  type FileOperationRegistrationOptions,
  type WorkspaceEditClientCapabilities,
} from "vscode-languageserver";
import { doInSlices, type Timer } from "./timer.js";

/** What others may name: files of the language, queries, scripts and notebooks, and the folders in which they are. */
export const MOVED_FILES: FileOperationRegistrationOptions = {
  filters: [
    { pattern: { glob: "**/*.{yaml,sql,sh,bash,py,js,mjs,cjs,ts,rb,pl,R,ipynb}", matches: "file" } },
    { pattern: { glob: "**", matches: "folder" } },
  ],
};

interface NamesTools {
  readonly connection: Connection;
  readonly service: LanguageService;
  readonly loaded: Promise<void>;
  readonly timer: Timer;
}

/** Names stand in any file of the project, so these wait until all are known. */
export function answerNames(tools: NamesTools, edits: WorkspaceEditClientCapabilities): void {
  const { connection, service } = tools;
  const renamesFiles =
    edits.documentChanges === true && edits.resourceOperations?.includes("rename") === true;
  connection.onDefinition(async ({ textDocument, position }, token) => {
    await readNames(tools, token);
    return service.definitions(canonicalUri(textDocument.uri), position);
  });
  connection.onReferences(async ({ textDocument, position, context }, token) => {
    await readNames(tools, token);
    const options = { withDefinition: context.includeDeclaration };
    return service.references(canonicalUri(textDocument.uri), position, options);
  });
  connection.onDocumentHighlight(({ textDocument, position }) =>
    service.highlights(canonicalUri(textDocument.uri), position),
  );
  connection.onPrepareRename(({ textDocument, position }) =>
    service.renameable(canonicalUri(textDocument.uri), position),
  );
  connection.onRenameRequest(async ({ textDocument, position, newName }, token) => {
    await readNames(tools, token);
    const renamed = service.rename(canonicalUri(textDocument.uri), position, { newName, renamesFiles });
    if (renamed === null) return null;
    return renamed.ok ? renamed.edit : new ResponseError(LSPErrorCodes.RequestFailed, renamed.message);
  });
  connection.workspace.onWillRenameFiles(async ({ files }, token) => {
    await readNames(tools, token);
    return service.moveFiles(
      files.map(({ oldUri, newUri }) => ({ oldUri: canonicalUri(oldUri), newUri: canonicalUri(newUri) })),
    );
  });
  connection.onWorkspaceSymbol(async ({ query }, token) => {
    await readNames(tools, token);
    return service.workspaceSymbols(query);
  });
}

/** Who makes whom run: in any file of the project, too. */
export function answerCalls(tools: NamesTools): void {
  const { connection, service } = tools;
  const { callHierarchy } = connection.languages;
  callHierarchy.onPrepare(async ({ textDocument, position }, token) => {
    await readNames(tools, token);
    return service.callItems(canonicalUri(textDocument.uri), position);
  });
  callHierarchy.onIncomingCalls(async ({ item }, token) => {
    await readNames(tools, token);
    return service.incomingCalls({ ...item, uri: canonicalUri(item.uri) });
  });
  callHierarchy.onOutgoingCalls(async ({ item }, token) => {
    await readNames(tools, token);
    return service.outgoingCalls({ ...item, uri: canonicalUri(item.uri) });
  });
}

/**
 * The names of all files, read in slices: of many files that takes seconds, in which somebody writes on.
 * @throws ResponseError when the client takes its question back
 */
async function readNames({ service, loaded, timer }: NamesTools, token: CancellationToken): Promise<void> {
  await loaded;
  await doInSlices(service.readNames(), timer, () => !token.isCancellationRequested);
  if (token.isCancellationRequested)
    throw new ResponseError(LSPErrorCodes.RequestCancelled, "Canceled before all files were read");
}
