import { canonicalUri, FIX_ALL, type LanguageService } from "@headwater/language-server";
import type { Checker } from "./checker.js";
import type { Timer } from "./timer.js";
import { ToldFires } from "./told-fires.js";
import {
  CodeActionKind,
  CodeLensRefreshRequest,
  type ClientCapabilities,
  type Connection,
  type InitializeParams,
  type ServerCapabilities,
} from "vscode-languageserver";

/** What is answered of the place at the cursor. */
export const CURSOR_CAPABILITIES: ServerCapabilities = {
  completionProvider: { triggerCharacters: [".", ":", " ", "-", "[", "{", "/", '"', "'", "@"] },
  hoverProvider: true,
  signatureHelpProvider: { triggerCharacters: ["(", ","], retriggerCharacters: [")"] },
  inlayHintProvider: true,
  codeLensProvider: {},
  codeActionProvider: {
    codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL, CodeActionKind.RefactorExtract],
  },
};

interface AskingClient {
  readonly params: InitializeParams;
  readonly timer: Timer;
  readonly checker: Checker;
  /** What lenses may run: commands that only the client has. */
  readonly commands: readonly string[];
}

/** Answers what an author asks while writing, at once: only mends wait for a check, since they are those of the text as it is. */
export function answerAtCursor(
  connection: Connection,
  service: LanguageService,
  { params: { capabilities }, timer, checker, commands }: AskingClient,
): void {
  const item = capabilities.textDocument?.completion?.completionItem;
  const abilities = {
    hasSnippets: item?.snippetSupport === true,
    keepsIndent: item?.insertTextModeSupport?.valueSet.includes(1) === true,
  };
  connection.onCompletion(({ textDocument, position }) =>
    service.completions(canonicalUri(textDocument.uri), position, abilities),
  );
  connection.onSignatureHelp(({ textDocument, position }) =>
    service.signatureHelp(canonicalUri(textDocument.uri), position),
  );
  const fires = new ToldFires(timer, () => askAnew(connection, capabilities));
  connection.languages.inlayHint.on(({ textDocument, range }) => {
    const uri = canonicalUri(textDocument.uri);
    fires.told(service.nextFireMs(uri, timer.nowMs()));
    return service.inlayHints(uri, range, timer.nowMs());
  });
  connection.onCodeLens(({ textDocument }) => {
    const uri = canonicalUri(textDocument.uri);
    fires.told(service.nextFireMs(uri, timer.nowMs()));
    return service.codeLenses(uri, timer.nowMs(), commands);
  });
  const edits = capabilities.workspace?.workspaceEdit;
  const makesFiles = edits?.documentChanges === true && edits.resourceOperations?.includes("create") === true;
  connection.onCodeAction(async ({ textDocument, range, context }, token) => {
    await checker.checkFor(token);
    return service.codeActions(canonicalUri(textDocument.uri), range, {
      only: context.only ?? null,
      makesFiles,
    });
  });
  connection.onHover(({ textDocument, position }) =>
    service.hover(canonicalUri(textDocument.uri), position, timer.nowMs()),
  );
}

/** Has a client ask again for what holds for a while only. */
function askAnew(connection: Connection, { workspace }: ClientCapabilities): void {
  const failed = (error: unknown): void =>
    connection.console.warn(`The next fires are not asked for again: ${String(error)}`);
  if (workspace?.inlayHint?.refreshSupport === true) connection.languages.inlayHint.refresh().catch(failed);
  if (workspace?.codeLens?.refreshSupport === true)
    connection.sendRequest(CodeLensRefreshRequest.type).catch(failed);
}
