import * as vscode from "vscode";

/** The file that a command is for: the one that a lens or a menu gives, by its address or as text; else the one that is open. */
export function fileMeant(given: unknown): vscode.Uri | null {
  if (given instanceof vscode.Uri) return given;
  if (typeof given === "string") return vscode.Uri.parse(given);
  return vscode.window.activeTextEditor?.document.uri ?? null;
}
