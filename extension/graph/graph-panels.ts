import * as vscode from "vscode";
import { fileMeant } from "../language/file-meant.js";
import type { StatusSources } from "../status/document-status.js";
import { GraphPanel } from "./graph-panel.js";

/** Of another file too: it may call the workflow, or be used by it. */
const FILES = "**/*.{workflow,template}.yaml";

/** The graphs of workflows beside their files: drawn while one types, coloured by the newest run; a click on a step goes to it. */
export class GraphPanels implements vscode.Disposable {
  readonly #sources: StatusSources;
  readonly #panels = new Map<string, GraphPanel>();
  readonly #subscription: vscode.Disposable;

  constructor(sources: StatusSources) {
    this.#sources = sources;
    const watcher = vscode.workspace.createFileSystemWatcher(FILES);
    const redraw = (): void => {
      for (const panel of this.#panels.values()) panel.redraw();
    };
    this.#subscription = vscode.Disposable.from(
      vscode.commands.registerCommand("headwater.showGraph", (uri?: unknown) => this.#show(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document: { languageId } }) => {
        if (languageId === "headwater") redraw();
      }),
      watcher,
      watcher.onDidCreate(redraw),
      watcher.onDidChange(redraw),
      watcher.onDidDelete(redraw),
      sources.statuses.onDidChange(() => {
        for (const panel of this.#panels.values()) panel.recolour();
      }),
    );
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
    this.#subscription.dispose();
  }

  #show(given: unknown): void {
    const uri = fileMeant(given);
    if (uri === null) return;
    const key = uri.toString();
    const known = this.#panels.get(key);
    if (known !== undefined) return known.reveal();
    this.#panels.set(key, new GraphPanel(uri, this.#sources, () => this.#panels.delete(key)));
  }
}
