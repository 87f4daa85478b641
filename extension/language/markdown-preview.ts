import * as vscode from "vscode";

/** Shows a document beside the editor: rendered where VS Code can; else as it is written, which reads well too. */
export async function showMarkdown(uri: vscode.Uri): Promise<void> {
  if (vscode.extensions.getExtension("vscode.markdown-language-features") !== undefined) {
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
    return;
  }
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}
