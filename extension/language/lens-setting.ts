import * as vscode from "vscode";

const SETTING = "headwater.lenses";

/** Whether lenses are shown in a file, by the setting `headwater.lenses`. */
export function hasLenses(uri: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration(undefined, uri).get<boolean>(SETTING, true);
}

/** Calls back when somebody changes that. */
export function onLensSetting(call: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SETTING)) call();
  });
}
