import * as vscode from "vscode";
import { startExtension } from "./start-extension.js";

/**
 * Where there is no Node.js: the language server is a worker. VS Code refuses to start one from the address of an extension that is
 * on another machine, so it is started from its source.
 */
export function activate(context: vscode.ExtensionContext): void {
  const file = vscode.Uri.joinPath(context.extensionUri, "language-server.js");
  startExtension(context, async () => {
    const source = Uint8Array.from(await vscode.workspace.fs.readFile(file));
    const { workerClient } = await import("./language/worker-client.js");
    return workerClient(source);
  });
}
