import * as vscode from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import type { Clock } from "../clock.js";
import { showError } from "../messages.js";
import { EXPLAIN_LINK } from "./explain-code.js";
import { hasLenses } from "./lens-setting.js";
import { listFiles, readFile } from "./workspace-files.js";

/** Makes the client of the platform: for a process, or for a worker. */
export type CreateLanguageClient = (
  id: string,
  name: string,
  options: LanguageClientOptions,
) => BaseLanguageClient;

/** Loads what makes it. */
export type LoadLanguageClient = () => Promise<CreateLanguageClient>;

/** What a file is for is told by its name; a text without one is ours when somebody has chosen the language for it. */
const FILES = "**/{headwater.yaml,*.workflow.yaml,*.template.yaml,*.workflow.test.yaml}";

/** What lenses of the language server may run here. */
const COMMANDS = ["headwater.simulate", "headwater.showGraph", "headwater.runTest"] as const;

/** The language server, as soon as it is up; stops with `dispose`. */
export interface Language extends vscode.Disposable {
  /**
   * Asks what the protocol has no word for, once it is up, until the signal says that nobody wants to know any more. Null when the server
   * does not answer: it was stopped, or the file is gone.
   */
  ask<Answer>(request: string, params: object, signal?: AbortSignal): Promise<Answer | null>;
  /** When it is up, or never will be. */
  readonly started: Promise<void>;
  /** The address of a file of which it would say something else now. */
  readonly onDidCheck: vscode.Event<string>;
}

/**
 * Starts the language server, for which nobody waits who does not ask it, and answers what it asks of the workspace. Its client is
 * several times as much code as all the rest, so it is loaded once the extension is active.
 */
export function startLanguageClient(load: LoadLanguageClient, clock: Clock): Language {
  const checked = new vscode.EventEmitter<string>();
  const starting = clock.wait(0).then(() => startLoadedClient(load, checked));
  return {
    async ask<Answer>(request: string, params: object, signal?: AbortSignal) {
      const client = await starting;
      if (client?.isRunning() !== true || signal?.aborted === true) return null;
      if (signal === undefined) return client.sendRequest<Answer>(request, params);
      return askUntil(signal, (token) => client.sendRequest<Answer>(request, params, token));
    },
    started: starting.then(() => undefined),
    onDidCheck: checked.event,
    dispose() {
      checked.dispose();
      void starting.then((client) => client?.stop()).catch(() => undefined);
    },
  };
}

/** Null where it cannot be loaded, which is told; that it cannot start is told by the client. */
async function startLoadedClient(
  load: LoadLanguageClient,
  checked: vscode.EventEmitter<string>,
): Promise<BaseLanguageClient | null> {
  try {
    const client = createLanguageClient(await load(), checked);
    await client.start().catch(() => undefined);
    return client;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    showError(`Cannot load the language server: ${reason}`);
    return null;
  }
}

function createLanguageClient(
  create: CreateLanguageClient,
  checked: vscode.EventEmitter<string>,
): BaseLanguageClient {
  const client = create("headwater", "Headwater", {
    documentSelector: [
      { language: "headwater", pattern: FILES },
      { language: "headwater", scheme: "untitled" },
    ],
    initializationOptions: { docs: EXPLAIN_LINK, commands: COMMANDS },
    middleware: {
      async provideCodeLenses(document, token, next) {
        if (!hasLenses(document.uri)) return [];
        const lenses = (await next(document, token)) ?? [];
        return hasHints(document.uri) ? lenses.filter(canBeClicked) : lenses;
      },
    },
  });
  client.onRequest("headwater/listFiles", ({ folder }: { readonly folder: string }) =>
    listFiles(vscode.Uri.parse(folder)),
  );
  client.onRequest("headwater/readFile", ({ uri }: { readonly uri: string }) =>
    readFile(vscode.Uri.parse(uri)),
  );
  client.onNotification("headwater/checked", ({ uri }: { readonly uri: string }) =>
    // As VS Code writes it.
    checked.fire(vscode.Uri.parse(uri).toString()),
  );
  return client;
}

/** Behind a schedule stands when it fires next: nobody needs that twice. */
function hasHints(uri: vscode.Uri): boolean {
  const settings = vscode.workspace.getConfiguration("editor", { uri, languageId: "headwater" });
  return settings.get<string>("inlayHints.enabled", "on") !== "off";
}

function canBeClicked({ command }: vscode.CodeLens): boolean {
  return command === undefined || command.command !== "";
}

/** A question that is dropped is answered with an error, of which nobody wants to hear either. */
async function askUntil<Answer>(
  signal: AbortSignal,
  ask: (token: vscode.CancellationToken) => Promise<Answer>,
): Promise<Answer | null> {
  const source = new vscode.CancellationTokenSource();
  signal.addEventListener("abort", () => source.cancel(), { once: true });
  try {
    return await ask(source.token);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    source.dispose();
  }
}
