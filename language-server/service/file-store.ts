import { TextDocument, type TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";

/** UTF-8, as the platform has it. */
export interface Encoding {
  encode(text: string): Uint8Array;
  /** What is not UTF-8 becomes U+FFFD. */
  decode(bytes: Uint8Array): string;
}

/** A file as it is now: what is open in the editor counts before what is on the disk. */
export interface CurrentFile {
  /** Another one whenever the content may be another. */
  readonly contentId: string;
  /** Undefined for a file that is only known to be there, so far. */
  readonly read: () => Uint8Array | undefined;
}

/** The files of a workspace, by address: those on the disk, and the documents that are open in the editor. */
export class FileStore {
  readonly #encoding: Encoding;
  readonly #saved = new Map<string, CurrentFile>();
  /** Files that are only known to be there. */
  readonly #listed = new Set<string>();
  /** Those of them that were to be read since. */
  readonly #missed = new Set<string>();
  readonly #open = new Map<string, { readonly document: TextDocument; readonly current: CurrentFile }>();
  #editions = 0;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** True when the file was not known before. */
  open(uri: string, version: number, text: string): boolean {
    const isNew = !this.has(uri);
    this.#setOpen(TextDocument.create(uri, "headwater", version, text));
    return isNew;
  }

  /** Nothing happens to a document that is not open. */
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    const open = this.#open.get(uri);
    if (open !== undefined) this.#setOpen(TextDocument.update(open.document, [...changes], version));
  }

  /** True when the file is not known any more: it was never saved. */
  close(uri: string): boolean {
    this.#open.delete(uri);
    return !this.#saved.has(uri);
  }

  /** What the disk has: the bytes, or `"listed"` for a file that nobody has asked for so far. True when the file was not known before. */
  save(uri: string, content: Uint8Array | "listed"): boolean {
    const isNew = !this.has(uri);
    if (content === "listed") this.#listed.add(uri);
    else this.#listed.delete(uri);
    const read = content === "listed" ? () => this.#miss(uri) : () => content;
    this.#saved.set(uri, { contentId: this.#nextId(), read });
    return isNew;
  }

  /** The file is gone from the disk. True when it is not known any more. */
  remove(uri: string): boolean {
    if (!this.#saved.delete(uri)) return false;
    this.#listed.delete(uri);
    this.#editions += 1;
    return !this.#open.has(uri);
  }

  /** Whether a file is only known to be there. */
  isListed(uri: string): boolean {
    return this.#listed.has(uri);
  }

  /** The files that were to be read and are only known to be there, each once: who reads them has to save them. */
  takeMissed(): readonly string[] {
    const missed = [...this.#missed].filter((uri) => this.#listed.has(uri));
    this.#missed.clear();
    return missed;
  }

  /** Another number whenever some file is another one. */
  get edition(): number {
    return this.#editions;
  }

  has(uri: string): boolean {
    return this.#open.has(uri) || this.#saved.has(uri);
  }

  /** The document that is open; undefined when none is. */
  document(uri: string): TextDocument | undefined {
    return this.#open.get(uri)?.document;
  }

  find(uri: string): CurrentFile | undefined {
    return this.#open.get(uri)?.current ?? this.#saved.get(uri);
  }

  /** A text as the bytes of a file. */
  encode(text: string): Uint8Array {
    return this.#encoding.encode(text);
  }

  /** The text of a file that is not open. */
  savedText(uri: string): string {
    const bytes = this.#saved.get(uri)?.read();
    return bytes === undefined ? "" : this.#encoding.decode(bytes);
  }

  /** The addresses of all files, each once, in no order. */
  uris(): ReadonlySet<string> {
    return new Set([...this.#saved.keys(), ...this.#open.keys()]);
  }

  #miss(uri: string): undefined {
    this.#missed.add(uri);
  }

  #setOpen(document: TextDocument): void {
    let bytes: Uint8Array | null = null;
    const read = (): Uint8Array => (bytes ??= this.#encoding.encode(document.getText()));
    this.#open.set(document.uri, { document, current: { contentId: this.#nextId(), read } });
  }

  #nextId(): string {
    this.#editions += 1;
    return String(this.#editions);
  }
}
