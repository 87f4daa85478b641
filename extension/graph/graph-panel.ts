import * as vscode from "vscode";
import { GatheredCall } from "../gathered-call.js";
import { describeDocument } from "../language/described-file.js";
import { groupOf, statusOfDocument, type StatusSources } from "../status/document-status.js";
import { renderGraphPage, type GraphMessage } from "./graph-page.js";

const REDRAW_MS = 150;

interface DrawnGraph {
  readonly workflow: string;
  readonly svg: string;
}

/** The graph of a workflow beside its file. The picture waits for nobody who still types, as what is known of runs does. */
export class GraphPanel {
  readonly #uri: vscode.Uri;
  readonly #sources: StatusSources;
  readonly #panel: vscode.WebviewPanel;
  readonly #picture: GatheredCall;
  readonly #looks: GatheredCall;
  /** What is shown, so that the same is not sent again; null: that there is nothing. */
  #svg: string | null | undefined;
  #isDisposed = false;

  /** @param closed called when somebody closes it */
  constructor(uri: vscode.Uri, sources: StatusSources, closed: () => void) {
    this.#uri = uri;
    this.#sources = sources;
    const { clock } = sources;
    this.#picture = new GatheredCall({ clock, delayMs: REDRAW_MS, call: () => this.#draw() });
    this.#looks = new GatheredCall({ clock, delayMs: REDRAW_MS, call: () => this.#colour() });
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const options = { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [] };
    const title = `Graph: ${nameOf(uri)}`;
    this.#panel = vscode.window.createWebviewPanel("headwater.graph", title, place, options);
    this.#panel.onDidDispose(() => {
      this.#isDisposed = true;
      this.#picture.stop();
      this.#looks.stop();
      closed();
    });
    this.#panel.webview.onDidReceiveMessage((message: unknown) => void this.#answer(message));
    this.#panel.webview.html = renderGraphPage();
  }

  reveal(): void {
    this.#panel.reveal(undefined, true);
  }

  /** The text is another one. */
  redraw(): void {
    this.#picture.soon();
    this.#looks.soon();
  }

  /** Something is known of runs. */
  recolour(): void {
    this.#looks.soon();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  /** The page says that it is there, or which step was clicked. */
  async #answer(message: unknown): Promise<void> {
    if (typeof message !== "object" || message === null) return;
    if ("step" in message && typeof message.step === "string") return this.#goTo(message.step);
    this.#svg = undefined;
    await Promise.all([this.#picture.now(), this.#looks.now()]);
  }

  async #draw(): Promise<void> {
    const asked = { uri: this.#uri.toString() };
    const drawn = await this.#sources.language.ask<DrawnGraph>("headwater/graph", asked).catch(() => null);
    const svg = drawn?.svg ?? null;
    if (svg === this.#svg) return;
    const last = typeof this.#svg === "string" ? "; this is the last one that it had" : "";
    this.#svg = svg;
    this.#post(
      svg === null ? { note: `${nameOf(this.#uri)} has no workflow that can be drawn${last}` } : { svg },
    );
  }

  async #colour(): Promise<void> {
    const looks = await looksOf(this.#uri, this.#sources).catch(() => []);
    this.#post({ looks });
  }

  #post(message: GraphMessage): void {
    if (this.#isDisposed) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a webview of VS Code has no origin to name
    void this.#panel.webview.postMessage(message);
  }

  async #goTo(step: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#uri);
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

async function looksOf(uri: vscode.Uri, sources: StatusSources): Promise<NonNullable<GraphMessage["looks"]>> {
  const found = await statusOfDocument(await vscode.workspace.openTextDocument(uri), sources);
  if (found === null) return [];
  return [...(found.status?.steps.keys() ?? [])].flatMap((path) => {
    const group = groupOf(found, path);
    return group === null ? [] : [{ path, look: group.look, text: group.text }];
  });
}

function nameOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
