/** Contents by an id that names them (of a blob, of a commit), the least recently used forgotten first. All repositories share one. */
export class ContentCache<Content> {
  readonly #maxSize: number;
  readonly #sizeOf: (content: Content) => number;
  /** In order of use: a Map iterates in order of insertion. */
  readonly #contents = new Map<string, Content>();
  #size = 0;

  /** @param options.maxSize the most that all contents are together, in the unit of `sizeOf` */
  constructor(options: { readonly maxSize: number; readonly sizeOf: (content: Content) => number }) {
    this.#maxSize = options.maxSize;
    this.#sizeOf = options.sizeOf;
  }

  find(id: string): Content | undefined {
    const content = this.#contents.get(id);
    // The order counts only when something will soon have to go.
    if (content === undefined || this.#size <= this.#maxSize / 2) return content;
    this.#contents.delete(id);
    this.#contents.set(id, content);
    return content;
  }

  add(id: string, content: Content): void {
    if (this.#contents.has(id) || this.#sizeOf(content) > this.#maxSize) return;
    this.#contents.set(id, content);
    this.#size += this.#sizeOf(content);
    for (const [oldest, dropped] of this.#contents) {
      if (this.#size <= this.#maxSize) break;
      this.#contents.delete(oldest);
      this.#size -= this.#sizeOf(dropped);
    }
  }

  forget(id: string): void {
    const content = this.#contents.get(id);
    if (content !== undefined && this.#contents.delete(id)) this.#size -= this.#sizeOf(content);
  }
}
