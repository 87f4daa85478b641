import { createLanguageService, type LanguageService } from "@headwater/language-server";
import type { Position, Range } from "vscode-languageserver-types";
import type { TextDocument } from "vscode-languageserver-textdocument";

/** Files by path, all open in an editor; `|` in one of them is the cursor. */
export type Files = Readonly<Record<string, string>>;

/** A service that has files open, and where the cursor is. */
export interface OpenedFiles {
  readonly service: LanguageService;
  /** Of the file with the cursor; of the first one when there is none. */
  readonly uri: string;
  readonly position: Position;
  uriOf(path: string): string;
  pathOf(uri: string): string;
  document(path: string): TextDocument;
}

const FOLDER = "file:///work%20space/";

/** Opens the files in a folder, as a project when they have a `headwater.yaml`. */
export function openFiles(files: Files): OpenedFiles {
  const service = createLanguageService({
    encoding: { encode: (text) => Buffer.from(text), decode: (bytes) => Buffer.from(bytes).toString() },
    docs: null,
    now: () => Date.UTC(2026, 0, 5),
  });
  service.workspace.setFolders([FOLDER]);
  const uriOf = (path: string): string => FOLDER + path;
  let cursor = { path: Object.keys(files)[0] ?? "", offset: 0 };
  for (const [path, marked] of Object.entries(files)) {
    const offset = marked.search(CURSOR);
    if (offset >= 0) cursor = { path, offset };
    service.workspace.open(uriOf(path), 1, marked.replace(CURSOR, ""));
  }
  const document = (path: string): TextDocument => service.workspace.files.document(uriOf(path))!;
  return {
    service,
    uri: uriOf(cursor.path),
    position: document(cursor.path).positionAt(cursor.offset),
    uriOf,
    pathOf: (uri) => uri.slice(FOLDER.length),
    document,
  };
}

/** A `|` that no block text begins with and that is no part of `||`. */
const CURSOR = /(?<!\|)\|(?![-+|\n\r])/;

/** The text of a range. */
export function textIn(document: TextDocument, range: Range): string {
  return document.getText(range);
}
