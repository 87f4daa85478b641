import {
  canonicalUri,
  createLanguageService,
  TOKEN_MODIFIERS,
  TOKEN_TYPES,
  type Encoding,
} from "@headwater/language-server";
import {
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type ServerCapabilities,
} from "vscode-languageserver";
import { Checker } from "./checker.js";
import { answerDiagnostics, type DiagnosticsQuestions } from "./diagnostics-answers.js";
import { answerAtCursor, CURSOR_CAPABILITIES } from "./cursor-answers.js";
import { DiagnosticsPublisher } from "./diagnostics-publisher.js";
import { answerDocuments } from "./document-answers.js";
import { FolderLoader } from "./folder-loader.js";
import { followDocuments, followFolders } from "./followed-files.js";
import { KeptAnswers } from "./kept-answers.js";
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
  /** It asks for the findings of documents and of the workspace; nothing of them is sent. */
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
      cameLate: () => findings.changed(),
    });
    const { loaded } = loader;
    const checker = new Checker(service, timer, loader);
    const findings = given.pullsDiagnostics
      ? answerFindings({ connection, service, checker, timer }, params)
      : sendFindings({ connection, service, checker, timer });
    const kept = new KeptAnswers({ connection, service, checker, timer });
    const settler = new Settler(service, timer, () => kept.review());
    followDocuments(connection, service, {
      opened: () => {
        findings.opened();
        settler.schedule();
      },
      changed: () => {
        findings.edited();
        settler.schedule();
      },
    });
    followFolders({
      connection,
      service,
      loader,
      params,
      folders: foldersOf(params),
      changed: findings.changed,
    });
    answerNames(connection, service, { loaded, edits: params.capabilities.workspace?.workspaceEdit ?? {} });
    answerDocuments(connection, service);
    answerCalls(connection, service, loaded);
    answerAtCursor(connection, service, { params, timer, checker, commands: given.commands });
    answerOwnRequests(connection, service, { loaded, timer, checker, kept });
    return { capabilities: { ...CAPABILITIES, ...findings.capabilities }, serverInfo: { name: "headwater" } };
  });
  connection.listen();
}

interface ToldFindings {
  /** A document that is open is another one. */
  readonly edited: () => void;
  /** A document was opened: nobody has written in it yet. */
  readonly opened: () => void;
  /** Files on the disk are. */
  readonly changed: () => void;
  readonly capabilities: ServerCapabilities;
}

/**
 * What all clients get that do not say more than that they can ask: some ask only for documents that are open, and would never hear of other
 * files; and who asks for all files hears late that a file is gone.
 */
function sendFindings(server: DiagnosticsQuestions): ToldFindings {
  const publisher = new DiagnosticsPublisher(server);
  server.connection.onShutdown(() => publisher.stop());
  const schedule = (): void => publisher.schedule();
  return { edited: schedule, opened: () => publisher.schedule(0), changed: schedule, capabilities: {} };
}

/** A client that asks for findings gets answers, and is told when to ask again. */
function answerFindings(server: DiagnosticsQuestions, { capabilities }: InitializeParams): ToldFindings {
  answerDiagnostics(server);
  const canRefresh = capabilities.workspace?.diagnostics?.refreshSupport === true;
  return {
    edited: () => undefined,
    opened: () => undefined,
    changed: () => void (canRefresh && server.connection.languages.diagnostics.refresh()),
    capabilities: { diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: true } },
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
