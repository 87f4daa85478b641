import * as vscode from "vscode";
import { hasLenses, onLensSetting } from "../language/lens-setting.js";
import { groupOf, statusOfDocument, type DocumentStatus, type StatusSources } from "./document-status.js";
import { newestRunText } from "./status-lenses.js";

/**
 * Where there are no lenses, the same in words behind the name of the workflow and of each step, which VS Code reads out: marks in the gutter
 * have a colour and a shape alone.
 */
export class StatusHints implements vscode.InlayHintsProvider, vscode.Disposable {
  readonly #sources: StatusSources;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeInlayHints = this.#changed.event;

  constructor(sources: StatusSources) {
    this.#sources = sources;
    this.#subscription = vscode.Disposable.from(
      sources.statuses.onDidChange(() => this.#changed.fire()),
      sources.files.onDidChange(() => this.#changed.fire()),
      onLensSetting(() => this.#changed.fire()),
      vscode.languages.registerInlayHintsProvider({ language: "headwater" }, this),
      this.#changed,
    );
  }

  async provideInlayHints(document: vscode.TextDocument, shown: vscode.Range): Promise<vscode.InlayHint[]> {
    if (hasLenses(document.uri)) return [];
    const found = await statusOfDocument(document, this.#sources);
    if (found === null) return [];
    return textsOf(found)
      .filter(({ line }) => line >= shown.start.line && line <= shown.end.line && line < document.lineCount)
      .map(({ line, text }) => {
        const hint = new vscode.InlayHint(document.lineAt(line).range.end, text);
        hint.paddingLeft = true;
        return hint;
      });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** What is said at the end of which lines. */
function textsOf(found: DocumentStatus): readonly { readonly line: number; readonly text: string }[] {
  const { nameRange, steps } = found.file.workflow;
  const newest = found.status === null ? null : newestRunText(found.status);
  return [
    ...(newest === null ? [] : [{ line: nameRange.start.line, text: newest }]),
    ...steps.flatMap(({ path, range }) => {
      const group = groupOf(found, path);
      return group === null ? [] : [{ line: range.start.line, text: group.text }];
    }),
  ];
}
