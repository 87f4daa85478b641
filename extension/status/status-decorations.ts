import * as vscode from "vscode";
import { groupOf, statusOfDocument, type DocumentStatus, type StatusSources } from "./document-status.js";
import type { Look } from "./step-group.js";

const LOOKS: readonly Look[] = ["succeeded", "failed", "running", "waiting", "skipped"];

/** A mark in the gutter at each step that the newest run has reached. */
export class StatusDecorations implements vscode.Disposable {
  readonly #sources: StatusSources;
  readonly #types: ReadonlyMap<Look, vscode.TextEditorDecorationType>;
  readonly #subscription: vscode.Disposable;
  /** Those that are marked as soon as it is known how. */
  readonly #marking = new Set<vscode.TextEditor>();

  constructor(sources: StatusSources, extensionUri: vscode.Uri) {
    this.#sources = sources;
    this.#types = new Map(LOOKS.map((look) => [look, createType(look, extensionUri)]));
    const show = (): void => this.#show(() => true);
    this.#subscription = vscode.Disposable.from(
      sources.statuses.onDidChange(show),
      vscode.window.onDidChangeVisibleTextEditors(show),
      sources.files.onDidChange((uri) => this.#show((document) => document.uri.toString() === uri)),
      vscode.workspace.onDidChangeTextDocument((change) =>
        this.#show((document) => document === change.document),
      ),
      ...this.#types.values(),
    );
    show();
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #show(isMeant: (document: vscode.TextDocument) => boolean): void {
    for (const editor of vscode.window.visibleTextEditors)
      if (isMeant(editor.document) && !this.#marking.has(editor)) void this.#mark(editor);
  }

  async #mark(editor: vscode.TextEditor): Promise<void> {
    this.#marking.add(editor);
    const found = await statusOfDocument(editor.document, this.#sources).finally(() =>
      this.#marking.delete(editor),
    );
    const marks = found === null ? new Map<Look, vscode.Range[]>() : marksOf(found);
    for (const [look, type] of this.#types) editor.setDecorations(type, marks.get(look) ?? []);
  }
}

/** The lines of steps, by how they went. */
function marksOf(found: DocumentStatus): ReadonlyMap<Look, vscode.Range[]> {
  const marks = new Map<Look, vscode.Range[]>(LOOKS.map((look) => [look, []]));
  for (const { path, range } of found.file.workflow.steps) {
    const group = groupOf(found, path);
    const { line } = range.start;
    if (group !== null) marks.get(group.look)?.push(new vscode.Range(line, 0, line, 0));
  }
  return marks;
}

function createType(look: Look, extensionUri: vscode.Uri): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    gutterIconPath: vscode.Uri.joinPath(extensionUri, "icons", `status-${look}.svg`),
    gutterIconSize: "70%",
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    ...(look === "failed" ? { overviewRulerColor: new vscode.ThemeColor("editorError.foreground") } : {}),
  });
}
