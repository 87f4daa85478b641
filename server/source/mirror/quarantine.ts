import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Where objects are fetched of which the mirror may have to hold nothing: a folder of its own, beside that of the mirror, whose objects
 * are seen through it. A killed service leaves it behind; it is emptied before it is used. Source: https://git-scm.com/docs/gitrepository-layout
 */
export class Quarantine {
  readonly folder: string;
  readonly #objects: string;

  constructor(gitFolder: string) {
    this.folder = join(gitFolder, "quarantine");
    this.#objects = join(gitFolder, "objects");
  }

  /** Makes it, empty. */
  async open(): Promise<void> {
    await this.remove();
    await mkdir(join(this.folder, "info"), { recursive: true });
    await writeFile(join(this.folder, "info", "alternates"), "../objects\n");
  }

  /** What is in it is the mirror's from now on. The caller sees to it that nobody else writes to the mirror. */
  async release(): Promise<void> {
    const from = join(this.folder, "pack");
    const to = join(this.#objects, "pack");
    const names = await readdir(from).catch(() => []);
    const packs = names.filter((name) => /^pack-[0-9a-f]+\.(?:pack|rev|idx)$/.test(name));
    await mkdir(to, { recursive: true });
    // A pack is read once it has its index, which comes last.
    const inOrder = [...packs.filter(isNoIndex), ...packs.filter((name) => !isNoIndex(name))];
    for (const name of inOrder) await rename(join(from, name), join(to, name));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function isNoIndex(name: string): boolean {
  return !name.endsWith(".idx");
}
