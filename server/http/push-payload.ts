const QUOTE = 34;
const BACKSLASH = 92;
/** `{ [` and `} ]`. */
const OPENING: ReadonlySet<number> = new Set([123, 91]);
const CLOSING: ReadonlySet<number> = new Set([125, 93]);
const COLON = 58;
const COMMA = 44;
/** What tells of which repository and branch a push was: the rest lists its commits and files, which may be megabytes. */
const WANTED: ReadonlySet<string> = new Set(["ref", "url", "repository", "project"]);
/** What is longer is not what a host says of a repository. */
const VALUE_BYTES_MAX = 64 * 1024;

/** Reads a push payload of any size piece by piece, and keeps of the outermost object what tells of which repository and branch it is. */
export class PushPayloadReader {
  readonly #found: string[] = [];
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Of the key or the value at the outermost level that is being read. */
  #bytes: number[] = [];
  /** Null while a key is read. */
  #key: string | null = null;

  read(piece: Uint8Array): void {
    for (const byte of piece) this.#take(byte);
  }

  /** As JSON, when all has been read. */
  result(): string {
    return `{${this.#found.join(",")}}`;
  }

  #take(byte: number): void {
    if (this.#isInString) {
      this.#keep(byte);
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isInString = false;
    } else this.#takeOutside(byte);
  }

  #takeOutside(byte: number): void {
    const isOutermost = this.#depth === 1;
    if (byte === QUOTE) this.#isInString = true;
    if (CLOSING.has(byte)) this.#depth -= 1;
    if (isOutermost && byte === COLON) this.#beginValue();
    else if (isOutermost && (byte === COMMA || this.#depth === 0)) this.#endValue();
    else this.#keep(byte);
    if (OPENING.has(byte)) this.#depth += 1;
  }

  #keep(byte: number): void {
    const isWanted = this.#depth > 0 && (this.#key === null || WANTED.has(this.#key));
    if (isWanted && this.#bytes.length <= VALUE_BYTES_MAX) this.#bytes.push(byte);
  }

  #beginValue(): void {
    this.#key = this.#text().replaceAll('"', "");
    this.#bytes = [];
  }

  #endValue(): void {
    const key = this.#key;
    const isWhole = this.#bytes.length <= VALUE_BYTES_MAX;
    if (key !== null && WANTED.has(key) && isWhole) this.#found.push(`"${key}":${this.#text()}`);
    this.#key = null;
    this.#bytes = [];
  }

  #text(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#bytes)).trim();
  }
}
