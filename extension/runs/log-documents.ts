import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import type { LinkEvent } from "../service/service-connection.js";
import type { ServiceLink } from "../service/service-link.js";
import { LogFollower, NOTHING } from "./log-follower.js";

const SCHEME = "headwater-log";
const FOLLOW_MS = 400;
/** More than a service keeps of one log by default. */
const CHARACTERS_MAX = 12_000_000;

interface Followed {
  readonly uri: vscode.Uri;
  readonly run: string;
  readonly path: string;
  readonly follower: LogFollower;
  text: string;
  isReading: boolean;
  /** Something happened while it was read. */
  isWoken: boolean;
  /** What stops the next look; null while none is due. */
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
      vscode.workspace.onDidOpenTextDocument((document) => this.#catchUp(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => stayAtEnd(document)),
      link.onDidHappen((event) => this.#note(event)),
      link.onDidChangeState(() => this.#note(null)),
      this.#changed,
    );
  }

  /** Opens the log of a step, from its latest attempt on, beside what is open. */
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
    const run = uri.query;
    const path = uri.path.slice(1).replace(/\.log$/, "");
    const follower = new LogFollower({ run, path, environment: this.#link.environment });
    const followed = { uri, run, path, follower, text: "", isReading: false, isWoken: false, stop: null };
    this.#followed.set(key, followed);
    void this.#follow(followed);
    return "";
  }

  dispose(): void {
    for (const { stop } of this.#followed.values()) stop?.();
    this.#subscription.dispose();
  }

  /** VS Code drops what it is told of a document that it is about to open. */
  #catchUp(document: vscode.TextDocument): void {
    const followed = this.#followed.get(document.uri.toString());
    if (followed !== undefined && followed.text !== document.getText()) this.#changed.fire(followed.uri);
  }

  #forget(uri: vscode.Uri): void {
    this.#followed.get(uri.toString())?.stop?.();
    this.#followed.delete(uri.toString());
  }

  /** What has ended may go on: a step is tried again, a run restarted, the service is back. */
  #note(event: LinkEvent): void {
    for (const followed of this.#followed.values())
      if (concerns(event, followed)) void this.#follow(followed);
  }

  /** Reads what is there, and looks again until the attempt has ended or nobody looks. */
  async #follow(followed: Followed): Promise<void> {
    followed.isWoken = followed.isReading;
    if (followed.isReading) return;
    followed.stop?.();
    followed.stop = null;
    followed.isReading = true;
    const { client } = this.#link;
    const part = client === null ? NOTHING : await followed.follower.read(client);
    followed.isReading = false;
    if (this.#followed.get(followed.uri.toString()) !== followed) return;
    if (part.text !== "") {
      followed.text = (followed.text + part.text).slice(-CHARACTERS_MAX);
      this.#changed.fire(followed.uri);
    }
    if (part.isAtEnd && !followed.isWoken) return;
    followed.stop = this.#clock.after(FOLLOW_MS, () => void this.#follow(followed));
  }
}

function concerns(event: LinkEvent, { run, path }: Followed): boolean {
  if (event === null) return true;
  if (event.kind === "step") return event.runId === run && event.path === path;
  return event.kind === "run" && event.runId === run;
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
