import { mkdir } from "node:fs/promises";

const REMEMBERED = 1000;

/** Makes folders, each once: attempts of a run share theirs, and asking the file system for every attempt would be slow. */
export class KnownFolders {
  readonly #known = new Set<string>();

  async make(folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    await mkdir(folder, { recursive: true });
    this.#known.add(folder);
    const [oldest] = this.#known;
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}
