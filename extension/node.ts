import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import * as vscode from "vscode";
import { startExtension } from "./start-extension.js";

/** On the desktop, and wherever else VS Code has Node.js: the language server is a process, which reads the disk itself. */
export function activate(context: vscode.ExtensionContext): void {
  const module = vscode.Uri.joinPath(context.extensionUri, "language-server.js").fsPath;
  const server = { module, transport: TransportKind.ipc };
  startExtension(context, (id, name, options) => new LanguageClient(id, name, server, options));
}
