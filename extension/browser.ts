import { LanguageClient } from "vscode-languageclient/browser";
import * as vscode from "vscode";
import { startExtension } from "./start-extension.js";

/**
 * Where there is no Node.js: the language server is a worker. VS Code refuses to start one from the address of an extension that is
 * on another machine, so it is started from its source.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const file = vscode.Uri.joinPath(context.extensionUri, "language-server.js");
  const source = Uint8Array.from(await vscode.workspace.fs.readFile(file));
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  startExtension(context, (id, name, options) => new LanguageClient(id, name, worker, options));
}
