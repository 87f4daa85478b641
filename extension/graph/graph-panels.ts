import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import { fileMeant } from "../language/file-meant.js";
import { describeDocument } from "../language/described-file.js";
import { groupOf, statusOfDocument, type StatusSources } from "../status/document-status.js";
import { renderGraphPage } from "./graph-page.js";

const REDRAW_MS = 150;

interface DrawnGraph {
  readonly workflow: string;
  readonly svg: string;
}

interface Shown {
  readonly panel: vscode.WebviewPanel;
  /** The text as it was drawn last, so that what is the same is not sent again. */
  svg: string;
  cancel: () => void;
}

/** The graphs of workflows beside their files: drawn while one types, coloured by the newest run; a click on a step goes to it. */
export class GraphPanels implements vscode.Disposable {
  readonly #sources: StatusSources;
  readonly #shown = new Map<string, Shown>();
  readonly #subscription: vscode.Disposable;

  constructor(sources: StatusSources) {
    this.#sources = sources;
    this.#subscription = vscode.Disposable.from(
      vscode.commands.registerCommand("headwater.showGraph", (uri?: unknown) => this.#show(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document: { languageId } }) => {
        // Of another file too: it may call this workflow.
        if (languageId === "headwater") this.#redrawSoon(sources.clock);
      }),
      sources.statuses.onDidChange(() => this.#redrawSoon(sources.clock)),
    );
  }

  dispose(): void {
    for (const { panel } of this.#shown.values()) panel.dispose();
    this.#subscription.dispose();
  }

  async #show(given: unknown): Promise<void> {
    const uri = fileMeant(given);
    if (uri === null) return;
    const key = uri.toString();
    const known = this.#shown.get(key);
    if (known !== undefined) return known.panel.reveal(undefined, true);
    const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const options = { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [] };
    const panel = vscode.window.createWebviewPanel("headwater.graph", `Graph: ${name}`, place, options);
    this.#shown.set(key, { panel, svg: "", cancel: () => undefined });
    panel.onDidDispose(() => this.#shown.delete(key));
    panel.webview.onDidReceiveMessage((message: unknown) => void this.#answer(uri, message));
    panel.webview.html = renderGraphPage();
  }

  /** The page says that it is there, or which step was clicked. */
  async #answer(uri: vscode.Uri, message: unknown): Promise<void> {
    if (typeof message !== "object" || message === null) return;
    if ("step" in message && typeof message.step === "string") return this.#goTo(uri, message.step);
    const shown = this.#shown.get(uri.toString());
    if (shown !== undefined) shown.svg = "";
    await this.#draw(uri);
  }

  #redrawSoon(clock: Clock): void {
    for (const [key, shown] of this.#shown) {
      shown.cancel();
      shown.cancel = clock.after(REDRAW_MS, () => void this.#draw(vscode.Uri.parse(key)));
    }
  }

  async #draw(uri: vscode.Uri): Promise<void> {
    const shown = this.#shown.get(uri.toString());
    const drawn = await this.#sources.language.ask<DrawnGraph>("headwater/graph", { uri: uri.toString() });
    if (shown === undefined || drawn === null) return;
    const document = await vscode.workspace.openTextDocument(uri);
    const found = await statusOfDocument(document, this.#sources);
    const looks = [...(found?.status?.steps.keys() ?? [])].flatMap((path) => {
      const group = groupOf(found?.status ?? null, path);
      return group === null ? [] : [{ path, look: group.look, text: group.text }];
    });
    const svg = drawn.svg === shown.svg ? null : drawn.svg;
    shown.svg = drawn.svg;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a webview of VS Code has no origin to name
    await shown.panel.webview.postMessage({ svg, looks });
  }

  async #goTo(uri: vscode.Uri, step: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    const file = await describeDocument(this.#sources.language, document);
    const range = file?.workflow.steps.find(({ path }) => path === step)?.range;
    if (range === undefined) return;
    const { line, character } = range.start;
    const selection = new vscode.Range(line, character, range.end.line, range.end.character);
    const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    await vscode.window.showTextDocument(document, {
      selection,
      ...(open?.viewColumn === undefined ? {} : { viewColumn: open.viewColumn }),
    });
  }
}
