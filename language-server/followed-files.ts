import { canonicalUri, type LanguageService } from "@headwater/language-server";
import {
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type Connection,
  type InitializeParams,
} from "vscode-languageserver";
import type { FolderLoader } from "./folder-loader.js";

/** Called when files are others than before; with 0 where nobody is writing. */
export type Changed = (quietMs?: number) => void;

/** Keeps the service at what the editor has open. */
export function followDocuments(
  connection: Connection,
  { workspace }: LanguageService,
  changed: Changed,
): void {
  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    workspace.open(canonicalUri(uri), version, text);
    changed(0);
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
  readonly changed: Changed;
}

/** Loads the folders, and keeps the service at what the disk has. */
export function followFolders({ connection, service, loader, params, folders, changed }: Following): void {
  const { workspace } = params.capabilities;
  connection.onInitialized(async () => {
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration === true) watchFiles(connection);
    if (workspace?.workspaceFolders === true) followOpenedFolders({ connection, loader, folders, changed });
    await loader.loadFirst(folders);
    changed(0);
  });
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    const uris = (isWanted: (type: FileChangeType) => boolean): readonly string[] =>
      changes.filter(({ type }) => isWanted(type)).map(({ uri }) => canonicalUri(uri));
    const { files } = service.workspace;
    // What a build writes, and what happens in .git, is nothing that is checked.
    let { edition } = files;
    const tell = (): void => {
      if (files.edition !== edition) changed();
      ({ edition } = files);
    };
    loader.remove(uris((type) => type === FileChangeType.Deleted));
    // What has come may be long in coming.
    tell();
    await loader.refresh(uris((type) => type !== FileChangeType.Deleted));
    tell();
  });
}

/** Nobody waits for it: a client that does not answer, or cannot after all, still gets what is there now. */
function watchFiles({ client, console }: Connection): void {
  const watchers = [{ globPattern: "**/*" }];
  client
    .register(DidChangeWatchedFilesNotification.type, { watchers })
    .catch((error: unknown) => console.warn(`Files that others change are not followed: ${String(error)}`));
}

/** Folders that are opened and closed beside the first ones. */
function followOpenedFolders({
  connection,
  loader,
  folders,
  changed,
}: Omit<Following, "params" | "service">): void {
  let current = folders;
  connection.workspace.onDidChangeWorkspaceFolders(async ({ added, removed }) => {
    const gone = new Set(removed.map(({ uri }) => canonicalUri(uri)));
    const come = added.map(({ uri }) => canonicalUri(uri));
    current = [...new Set([...current.filter((folder) => !gone.has(folder)), ...come])];
    await loader.setFolders(current);
    changed();
  });
}
