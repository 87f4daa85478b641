import * as vscode from "vscode";
import { startExtension } from "./start-extension.js";

/** On the desktop, and wherever else VS Code has Node.js: the language server is a process, which reads the disk itself. */
export function activate(context: vscode.ExtensionContext): void {
  const module = vscode.Uri.joinPath(context.extensionUri, "language-server.js").fsPath;
  const compiled = vscode.Uri.joinPath(context.globalStorageUri, "compiled").fsPath;
  startExtension(context, async () => {
    const { processClient } = await import("./language/process-client.js");
    return processClient(module, compiled);
  });
}
