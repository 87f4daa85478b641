import { Parser, type CST } from "yaml";

/** What a token is to the one who lays out a file; of two kinds whose spacing differs, never one. */
export type LayoutKind =
  | "comment"
  | "plain"
  | "single-quoted"
  | "double-quoted"
  | "alias"
  /** An anchor or a tag. */
  | "property"
  /** `|`, `>` and what follows them on the line. */
  | "block-header"
  /** The lines under a block header, as they stand in the file. */
  | "block-text"
  /** `-`, `?` and `:`. */
  | "item"
  | "explicit-key"
  | "value"
  | "comma"
  /** `{`, `[`, `}` and `]`. */
  | "open"
  | "close"
  /** `---`, `...` and directives. */
  | "document";

/** A token with what stands between it and the one before. White space is no token. */
export interface LayoutToken {
  readonly kind: LayoutKind;
  readonly text: string;
  /** In its line, from 0. */
  readonly column: number;
  /** Line breaks between the token before and this one. */
  readonly breaks: number;
  /** Columns between the token before and this one, when both are in one line. */
  readonly gap: number;
  /** The block that the token stands in. */
  readonly block: Block;
}

/** A collection in block style, or the place of a value that is none. */
export interface Block {
  /** The column that its lines begin at, in the file. */
  readonly column: number;
  /** False for the place of a value that has no block of its own. */
  readonly isCollection: boolean;
  /** Blocks around it; a block directly in the document has 0. */
  readonly depth: number;
  /** Null for the document. */
  readonly parent: Block | null;
}

const KINDS: Readonly<Partial<Record<CST.Token["type"], LayoutKind>>> = {
  comment: "comment",
  scalar: "plain",
  "single-quoted-scalar": "single-quoted",
  "double-quoted-scalar": "double-quoted",
  alias: "alias",
  anchor: "property",
  tag: "property",
  "block-scalar-header": "block-header",
  "block-scalar": "block-text",
  "seq-item-ind": "item",
  "explicit-key-ind": "explicit-key",
  "map-value-ind": "value",
  comma: "comma",
  "flow-map-start": "open",
  "flow-seq-start": "open",
  "flow-map-end": "close",
  "flow-seq-end": "close",
  "doc-start": "document",
  "doc-end": "document",
  "doc-mode": "document",
  directive: "document",
  "directive-line": "document",
};

/**
 * All tokens of a text in order. For a text that `parseYamlText` has found no fault with: that bounds its depth. Lines end
 * with a line feed alone.
 */
export function layoutOf(text: string): readonly LayoutToken[] {
  const reader = new LayoutReader(text);
  for (const token of new Parser().parse(text)) reader.read(token, DOCUMENT);
  return reader.tokens;
}

const DOCUMENT: Block = { column: 0, isCollection: true, depth: -1, parent: null };

type BlockItem = (CST.BlockMap | CST.BlockSequence)["items"][number];

class LayoutReader {
  readonly tokens: LayoutToken[] = [];
  readonly #text: string;
  #breaks = 0;
  #end = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(token: CST.Token, block: Block): void {
    switch (token.type) {
      case "document":
        return this.#readDocument(token);
      case "block-map":
      case "block-seq":
        return this.#readBlock(token, block);
      case "flow-collection":
        return this.#readFlow(token, block);
      case "block-scalar":
        return this.#readBlockScalar(token, block);
      default:
        this.#add(token, block);
        if ("end" in token) this.#readAll(token.end ?? [], block);
    }
  }

  #readDocument({ start, value, end }: CST.Document): void {
    this.#readAll(start, DOCUMENT);
    if (value !== undefined) this.read(value, blockOf(value, DOCUMENT));
    this.#readAll(end ?? [], DOCUMENT);
  }

  #readBlock({ items }: CST.BlockMap | CST.BlockSequence, block: Block): void {
    for (const item of items) this.#readItem(item, block);
  }

  /** What leads to a key or a value (`-`, `?`, `:`) belongs to the collection, what comes between to what follows. */
  #readItem({ start, key, sep = [], value }: BlockItem, block: Block): void {
    const inner = blockOf(value, block);
    const signAt = start.findIndex(({ type }) => type === "seq-item-ind" || type === "explicit-key-ind");
    // Only after "?" a key may be a block of its own.
    const keyBlock = signAt < 0 ? block : blockOf(key, block);
    this.#readAll(start.slice(0, signAt + 1), block);
    this.#readAll(start.slice(signAt + 1), key === undefined && signAt >= 0 ? inner : keyBlock);
    if (key !== undefined && key !== null) this.read(key, keyBlock);
    const valueAt = sep.findIndex(({ type }) => type === "map-value-ind");
    this.#readAll(sep.slice(0, valueAt + 1), block);
    this.#readAll(sep.slice(valueAt + 1), inner);
    if (value !== undefined) this.read(value, inner);
  }

  #readFlow({ start, items, end }: CST.FlowCollection, block: Block): void {
    this.#add(start, block);
    for (const item of items) {
      this.#readAll(item.start, block);
      if (item.key !== undefined && item.key !== null) this.read(item.key, block);
      this.#readAll(item.sep ?? [], block);
      if (item.value !== undefined) this.read(item.value, block);
    }
    this.#readAll(end, block);
  }

  #readBlockScalar({ props, ...text }: CST.BlockScalar, block: Block): void {
    this.#readAll(props, block);
    if (text.source === "") return;
    const isEnded = text.source.endsWith("\n");
    this.#add({ ...text, source: isEnded ? text.source.slice(0, -1) : text.source }, block);
    if (isEnded) this.#breaks = 1;
  }

  #readAll(tokens: readonly CST.Token[], block: Block): void {
    for (const token of tokens) this.read(token, block);
  }

  #add(
    token: { readonly type: CST.Token["type"]; readonly offset: number; readonly source: string },
    block: Block,
  ): void {
    if (token.type === "newline") this.#breaks += 1;
    const kind = KINDS[token.type];
    if (kind === undefined) return;
    const column = token.offset - (this.#text.lastIndexOf("\n", token.offset - 1) + 1);
    const gap = token.offset - this.#end;
    this.tokens.push({ kind, text: token.source, column, breaks: this.#breaks, gap, block });
    this.#breaks = 0;
    this.#end = token.offset + token.source.length;
  }
}

/** The block of a value: its own when it has one, else the place where its lines would be. */
function blockOf(value: CST.Token | null | undefined, parent: Block): Block {
  const isCollection = value?.type === "block-map" || value?.type === "block-seq";
  const column = isCollection ? value.indent : parent === DOCUMENT ? 0 : parent.column + 1;
  return { column, isCollection, depth: parent.depth + 1, parent };
}
