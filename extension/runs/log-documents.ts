import { ApiError, type LogLine } from "@headwater/api";
import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import type { ServiceLink } from "../service/service-link.js";
import { clockText } from "../status/document-status.js";
import { readLogPage, type LogPlace } from "./read-log.js";

const SCHEME = "headwater-log";
const FOLLOW_MS = 400;
/** More than a service keeps of one log by default. */
const CHARACTERS_MAX = 12_000_000;

interface Followed {
  readonly place: LogPlace;
  text: string;
  offset: number;
  hasEnded: boolean;
  /** What stops the reading; null while nobody reads. */
  stop: (() => void) | null;
}

/** Logs as documents that grow while somebody has them open. */
export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #link: ServiceLink;
  readonly #clock: Clock;
  readonly #followed = new Map<string, Followed>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(link: ServiceLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#subscription = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => stayAtEnd(document)),
      this.#changed,
    );
  }

  /** Opens the log of the latest attempt of a step beside what is open. */
  async open(run: string, path: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${path}.log`, query: run });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, "log");
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const key = uri.toString();
    const known = this.#followed.get(key);
    if (known !== undefined) return known.text;
    const place = {
      run: uri.query,
      path: uri.path.slice(1).replace(/\.log$/, ""),
      environment: this.#link.environment,
    };
    const followed: Followed = { place, text: "", offset: 0, hasEnded: false, stop: null };
    this.#followed.set(key, followed);
    void this.#follow(uri, followed);
    return "";
  }

  dispose(): void {
    for (const { stop } of this.#followed.values()) stop?.();
    this.#subscription.dispose();
  }

  #forget(uri: vscode.Uri): void {
    this.#followed.get(uri.toString())?.stop?.();
    this.#followed.delete(uri.toString());
  }

  /** Reads what is there, and looks again until the attempt has ended or nobody looks. */
  async #follow(uri: vscode.Uri, followed: Followed): Promise<void> {
    followed.stop = null;
    const added = await this.#read(followed);
    if (!this.#followed.has(uri.toString())) return;
    if (added !== "") {
      followed.text = (followed.text + added).slice(-CHARACTERS_MAX);
      this.#changed.fire(uri);
    }
    if (!followed.hasEnded)
      followed.stop = this.#clock.after(FOLLOW_MS, () => void this.#follow(uri, followed));
  }

  async #read(followed: Followed): Promise<string> {
    const { client } = this.#link;
    if (client === null) return "";
    try {
      const page = await readLogPage(client, followed.place, followed.offset);
      followed.offset = page.nextOffset;
      followed.hasEnded = page.ended;
      return page.lines.map(lineText).join("");
    } catch (error) {
      // A step that has not begun has no log yet; a service that is lost is told of elsewhere.
      if (error instanceof ApiError && ["not-found", "service-unreachable"].includes(error.code)) return "";
      followed.hasEnded = true;
      return `Cannot read the log: ${error instanceof Error ? error.message : String(error)}\n`;
    }
  }
}

function lineText({ at, stream, text }: LogLine): string {
  const mark = stream === "out" ? " " : stream === "err" ? "!" : "·";
  return `${at === null ? "        " : clockText(at)} ${mark} ${text}\n`;
}

/** Whoever looks at the end goes on looking at the end. */
function stayAtEnd(document: vscode.TextDocument): void {
  if (document.uri.scheme !== SCHEME) return;
  const last = new vscode.Position(Math.max(0, document.lineCount - 1), 0);
  for (const editor of vscode.window.visibleTextEditors) {
    if (editor.document !== document) continue;
    const seen = editor.visibleRanges.at(-1)?.end.line ?? 0;
    const isAtEnd = document.lineCount - seen < 30 && editor.selection.isEmpty;
    if (isAtEnd) editor.revealRange(new vscode.Range(last, last));
  }
}
