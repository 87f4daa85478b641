import { canonicalUri, type LanguageService } from "@headwater/language-server";
import {
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type Connection,
  type InitializeParams,
} from "vscode-languageserver";
import type { FolderLoader } from "./folder-loader.js";

/** Keeps the service at what the editor has open. */
export function followDocuments(
  connection: Connection,
  { workspace }: LanguageService,
  { opened, changed }: { readonly opened: () => void; readonly changed: () => void },
): void {
  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    workspace.open(canonicalUri(uri), version, text);
    opened();
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    workspace.change(canonicalUri(uri), version, contentChanges);
    changed();
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    workspace.close(canonicalUri(uri));
    changed();
  });
}

interface Following {
  readonly connection: Connection;
  readonly service: LanguageService;
  readonly loader: FolderLoader;
  readonly params: InitializeParams;
  /** The addresses of the folders that were opened. */
  readonly folders: readonly string[];
  readonly changed: () => void;
}

/** Loads the folders, and keeps the service at what the disk has. */
export function followFolders({ connection, service, loader, params, folders, changed }: Following): void {
  const { workspace } = params.capabilities;
  service.workspace.setFolders(folders);
  connection.onInitialized(async () => {
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      const watchers = [{ globPattern: "**/*" }];
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (workspace?.workspaceFolders === true)
      followOpenedFolders({ connection, service, loader, params, folders, changed });
    await loader.loadFirst(folders);
    changed();
  });
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    for (const { uri, type } of changes) {
      if (type === FileChangeType.Deleted) loader.remove(canonicalUri(uri));
      else await loader.refresh(canonicalUri(uri));
    }
    changed();
  });
}

/** Folders that are opened and closed beside the first ones. */
function followOpenedFolders({ connection, service, loader, folders, changed }: Following): void {
  let current = folders;
  connection.workspace.onDidChangeWorkspaceFolders(async ({ added, removed }) => {
    const gone = new Set(removed.map(({ uri }) => canonicalUri(uri)));
    const come = added.map(({ uri }) => canonicalUri(uri));
    current = [...current.filter((folder) => !gone.has(folder)), ...come];
    service.workspace.setFolders(current);
    for (const folder of gone) loader.forget(folder);
    await loader.load(come);
    changed();
  });
}
