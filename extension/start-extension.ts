import type * as vscode from "vscode";
import { startLanguageClient, type CreateLanguageClient } from "./language/language-client.js";

/** Everything, once the platform has said how the language server starts. */
export async function startExtension(
  context: vscode.ExtensionContext,
  createLanguageClient: CreateLanguageClient,
): Promise<void> {
  const language = await startLanguageClient(context.extensionUri, createLanguageClient);
  context.subscriptions.push(language);
}
