/** Contents by blob id, the least recently used forgotten first. A blob id names its bytes, so all repositories share it. */
export class BlobCache {
  readonly #maxBytes: number;
  /** In order of use: a Map iterates in order of insertion. */
  readonly #blobs = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  find(id: string): Uint8Array | undefined {
    const blob = this.#blobs.get(id);
    if (blob === undefined) return undefined;
    this.#blobs.delete(id);
    this.#blobs.set(id, blob);
    return blob;
  }

  add(id: string, blob: Uint8Array): void {
    if (this.#blobs.has(id) || blob.length > this.#maxBytes) return;
    this.#blobs.set(id, blob);
    this.#bytes += blob.length;
    for (const [oldest, { length }] of this.#blobs) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#blobs.delete(oldest);
      this.#bytes -= length;
    }
  }
}
