import {
  canonicalUri,
  createLanguageService,
  TOKEN_MODIFIERS,
  TOKEN_TYPES,
  type Encoding,
  type LanguageService,
} from "@headwater/language-server";
import {
  DidChangeWatchedFilesNotification,
  FileChangeType,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type ServerCapabilities,
} from "vscode-languageserver";
import { DiagnosticsPublisher } from "./diagnostics-publisher.js";
import { answerDocuments } from "./document-answers.js";
import { FolderLoader } from "./folder-loader.js";
import { answerCalls, answerNames } from "./name-answers.js";
import type { Timer } from "./timer.js";
import type { WorkspaceReader } from "./workspace-reader.js";

export interface ServerOptions {
  readonly connection: Connection;
  /** What reads the files that are not open. */
  readonly reader: WorkspaceReader;
  readonly encoding: Encoding;
  readonly timer: Timer;
  /** The address of docs/errors.md, unless the client says one. */
  readonly docs: string | null;
}

/** What the client may say when it starts, beside what the protocol has. */
interface ClientOptions {
  /** Where docs/errors.md is. */
  readonly docs?: string;
}

const CAPABILITIES: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  documentLinkProvider: {},
  linkedEditingRangeProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: "\n" },
  callHierarchyProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
    full: true,
  },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};

/** Answers the client over its connection until that ends. */
export function serve(options: ServerOptions): void {
  const { connection, encoding, timer } = options;
  connection.onInitialize((params) => {
    const given = clientOptions(params);
    const service = createLanguageService({ encoding, docs: given.docs ?? options.docs });
    const publisher = new DiagnosticsPublisher({ connection, service, timer });
    const loader = new FolderLoader(service, options.reader);
    const folders = foldersOf(params);
    service.workspace.setFolders(folders);
    followDocuments(connection, service, publisher);
    const loaded = followFolders({ connection, service, publisher, loader, folders, params });
    answerNames(connection, service, loaded);
    answerDocuments(connection, service);
    answerCalls(connection, service, loaded);
    connection.onShutdown(() => publisher.stop());
    return { capabilities: CAPABILITIES, serverInfo: { name: "headwater" } };
  });
  connection.listen();
}

function clientOptions(params: InitializeParams): ClientOptions {
  const given: unknown = params.initializationOptions;
  const docs = typeof given === "object" && given !== null && "docs" in given ? given.docs : undefined;
  return typeof docs === "string" ? { docs } : {};
}

/** A client may say its folders in three ways, two of which are of old. */
function foldersOf({ workspaceFolders, ...old }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? [];
  // What old clients send, this protocol version does not name any more.
  const root = "rootUri" in old && typeof old.rootUri === "string" ? [old.rootUri] : [];
  return (uris.length > 0 ? uris : root).map(canonicalUri);
}

function followDocuments(
  connection: Connection,
  { workspace }: LanguageService,
  publisher: DiagnosticsPublisher,
): void {
  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    workspace.open(canonicalUri(uri), version, text);
    publisher.schedule();
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    workspace.change(canonicalUri(uri), version, contentChanges);
    publisher.schedule();
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    workspace.close(canonicalUri(uri));
    publisher.schedule();
  });
}

interface Following {
  readonly connection: Connection;
  readonly service: LanguageService;
  readonly publisher: DiagnosticsPublisher;
  readonly loader: FolderLoader;
  readonly folders: readonly string[];
  readonly params: InitializeParams;
}

/** Resolves when all files of the folders are known. */
function followFolders({
  connection,
  service,
  publisher,
  loader,
  params,
  ...rest
}: Following): Promise<void> {
  let folders = rest.folders;
  const load = async (added: readonly string[]): Promise<void> => {
    await loader.load(added);
    publisher.schedule();
  };
  let tellLoaded = (): void => undefined;
  const loaded = new Promise<void>((resolve) => (tellLoaded = resolve));
  connection.onInitialized(async () => {
    if (params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: "**/*" }],
      });
    }
    if (params.capabilities.workspace?.workspaceFolders === true) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => canonicalUri(uri)));
        const come = added.map(({ uri }) => canonicalUri(uri));
        folders = [...folders.filter((folder) => !gone.has(folder)), ...come];
        service.workspace.setFolders(folders);
        void load(come);
      });
    }
    await load(folders);
    tellLoaded();
  });
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    for (const { uri, type } of changes) {
      if (type === FileChangeType.Deleted) loader.remove(canonicalUri(uri));
      else await loader.refresh(canonicalUri(uri));
    }
    publisher.schedule();
  });
  return loaded;
}
