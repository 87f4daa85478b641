import { access, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";

/** Writes the files of a commit into a folder. */
type WriteFiles = (folder: string) => Promise<void>;

/**
 * Working copies by repository and commit: `<folder>/<repository>/<commit>/`. One is written once, under another name,
 * and renamed when it is whole, so a folder with a commit's name is complete whatever was killed when.
 */
export class WorkingCopies {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(options: { readonly folder: string; readonly clock: Clock; readonly ids: Ids }) {
    this.#folder = options.folder;
    this.#clock = options.clock;
    this.#ids = options.ids;
  }

  /** Deletes what a killed process left half written. */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (const repository of await readdir(this.#folder)) {
      const names = await readdir(join(this.#folder, repository));
      for (const name of names.filter(isUnfinished)) {
        await rm(join(this.#folder, repository, name), { recursive: true, force: true });
      }
    }
  }

  /** The folder of the commit; all who ask at the same time share the writing. */
  obtain(repositoryId: string, commit: string, write: WriteFiles): Promise<string> {
    const folder = join(this.#folder, repositoryId, commit);
    const underWay = this.#underWay.get(folder);
    if (underWay !== undefined) return underWay;
    const written = this.#write(folder, write).finally(() => this.#underWay.delete(folder));
    this.#underWay.set(folder, written);
    return written;
  }

  /** Deletes all working copies of a repository. */
  async remove(repositoryId: string): Promise<void> {
    await rm(join(this.#folder, repositoryId), { recursive: true, force: true });
  }

  async #write(folder: string, write: WriteFiles): Promise<string> {
    if (await exists(folder)) return folder;
    const unfinished = join(dirname(folder), `.${this.#ids.next("unfinished", this.#clock.now())}`);
    try {
      await write(unfinished);
      await rename(unfinished, folder);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
    return folder;
  }
}

function isUnfinished(name: string): boolean {
  return name.startsWith(".");
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
