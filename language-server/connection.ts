import {
  canonicalUri,
  createLanguageService,
  TOKEN_MODIFIERS,
  TOKEN_TYPES,
  type Encoding,
} from "@headwater/language-server";
import {
  TextDocumentSyncKind,
  type ClientCapabilities,
  type Connection,
  type InitializeParams,
  type ServerCapabilities,
} from "vscode-languageserver";
import { Checker } from "./checker.js";
import { answerDiagnostics } from "./diagnostics-answers.js";
import { answerAtCursor, CURSOR_CAPABILITIES } from "./cursor-answers.js";
import { answerDocuments } from "./document-answers.js";
import { FolderLoader } from "./folder-loader.js";
import { followDocuments, followFolders } from "./followed-files.js";
import { KeptAnswers } from "./kept-answers.js";
import { KnownFindings, type FindingsTools } from "./known-findings.js";
import { answerCalls, answerNames, MOVED_FILES } from "./name-answers.js";
import { Settler } from "./settler.js";
import { answerOwnRequests } from "./own-answers.js";
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
  /** Where docs/errors.md is, or an address that has `{code}` where the code of a finding goes. */
  readonly docs?: string;
  /** The commands of its own that lenses may run. */
  readonly commands: readonly string[];
  /**
   * It asks for the findings of documents and of the workspace, and is sent none. All others are, also where they can ask: some ask only for
   * what is open, and would never hear of other files.
   */
  readonly pullsDiagnostics: boolean;
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
  ...CURSOR_CAPABILITIES,
  workspace: {
    workspaceFolders: { supported: true, changeNotifications: true },
    fileOperations: { willRename: MOVED_FILES },
  },
};

const DIAGNOSTICS_PULL: ServerCapabilities = {
  diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: true },
};

/** Answers the client over its connection until that ends. */
export function serve(options: ServerOptions): void {
  const { connection, encoding, timer } = options;
  connection.onInitialize((params) => {
    const given = clientOptions(params);
    const service = createLanguageService({
      encoding,
      docs: given.docs ?? options.docs,
      now: () => timer.nowMs(),
    });
    const loader = new FolderLoader({
      service,
      reader: options.reader,
      timer,
      warn: (message) => connection.console.warn(message),
      cameLate: () => findings.schedule(),
    });
    const { loaded } = loader;
    const checker = new Checker(service, timer, loader);
    const findings = tellFindings({ connection, service, checker, timer }, params);
    const kept = new KeptAnswers({ connection, service, checker, timer });
    const settler = new Settler(service, timer, () => kept.review());
    followDocuments(connection, service, (quietMs) => {
      findings.schedule(quietMs);
      settler.schedule();
    });
    followFolders({
      connection,
      service,
      loader,
      params,
      folders: foldersOf(params),
      changed: (quietMs) => findings.schedule(quietMs),
    });
    const names = { connection, service, loaded, timer };
    answerNames(names, params.capabilities.workspace?.workspaceEdit ?? {});
    answerCalls(names);
    answerDocuments(connection, service);
    answerAtCursor(connection, service, { params, timer, checker, commands: given.commands });
    answerOwnRequests(connection, service, { loaded, timer, checker, kept });
    const pull = given.pullsDiagnostics ? DIAGNOSTICS_PULL : {};
    return { capabilities: { ...CAPABILITIES, ...pull }, serverInfo: { name: "headwater" } };
  });
  connection.listen();
}

/** Findings are sent; a client that would rather ask is answered, and told when to ask. */
function tellFindings(
  { connection, ...tools }: FindingsTools & { readonly connection: Connection },
  params: InitializeParams,
): KnownFindings {
  const { pullsDiagnostics } = clientOptions(params);
  const findings = new KnownFindings({
    ...tools,
    found: pullsDiagnostics
      ? askAgain(connection, params.capabilities)
      : (uri, diagnostics) => void connection.sendDiagnostics({ uri, diagnostics }),
    failed: (error) => connection.console.error(`Cannot check: ${String(error)}`),
  });
  connection.onShutdown(() => findings.stop());
  if (pullsDiagnostics) answerDiagnostics(connection, findings);
  return findings;
}

/** Tells a client that asks for findings, where it can be told, to ask again. */
function askAgain({ languages, console }: Connection, { workspace }: ClientCapabilities): () => void {
  let isTelling = workspace?.diagnostics?.refreshSupport !== true;
  return () => {
    if (isTelling) return;
    isTelling = true;
    languages.diagnostics
      .refresh()
      .catch((error: unknown) => console.warn(`Findings are not asked for again: ${String(error)}`))
      .finally(() => (isTelling = false));
  };
}

function clientOptions({ initializationOptions }: InitializeParams): ClientOptions {
  const given = isRecord(initializationOptions) ? initializationOptions : {};
  const { docs, commands, pullsDiagnostics } = given;
  const listed: readonly unknown[] = Array.isArray(commands) ? commands : [];
  return {
    commands: listed.filter((name) => typeof name === "string"),
    pullsDiagnostics: pullsDiagnostics === true,
    ...(typeof docs === "string" && { docs }),
  };
}

function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null;
}

/** A client may say its folders in two ways, one of which is of old. */
function foldersOf({ workspaceFolders, ...old }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? [];
  const root = "rootUri" in old && typeof old.rootUri === "string" ? [old.rootUri] : [];
  return (uris.length > 0 ? uris : root).map(canonicalUri);
}
