import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.js";
import type { Git } from "../git/git.js";
import { ObjectReader } from "../git/object-reader.js";
import { CommitReader } from "./commit-reader.js";
import type { MirrorCaches } from "./mirror-caches.js";

export interface ForkObjectsOptions {
  readonly git: Git;
  /** Of the mirror. */
  readonly gitFolder: string;
  readonly caches: MirrorCaches;
  /** How often the mirror was tidied or made anew: objects may have gone since. */
  readonly rewrites: () => number;
  readonly clock: Clock;
}

/** More than is ever looked at together; what was thrown away is fetched again when somebody asks for it. */
const BYTES_MAX = 1_000_000_000;

/**
 * What forks have pushed: a folder of objects beside that of the mirror, which it sees, and which has none of it. Nothing of it is ever packed
 * or pruned; it is thrown away whole. Source: https://git-scm.com/docs/gitrepository-layout
 */
export class ForkObjects {
  readonly folder: string;
  readonly commits: CommitReader;
  readonly #options: ForkObjectsOptions;
  readonly #reader: ObjectReader;
  /** Of which mirror it sees the objects, by `rewrites`; null when there is nothing of this life. */
  #seenMirror: number | null = null;

  constructor(options: ForkObjectsOptions) {
    const { git, gitFolder, clock, caches } = options;
    this.#options = options;
    this.folder = join(gitFolder, "forks");
    this.#reader = new ObjectReader({ git, gitFolder, objectFolder: this.folder, clock });
    this.commits = new CommitReader(this.#reader, caches);
  }

  /** Whether all of these are here, or in the mirror. */
  async has(commits: readonly string[]): Promise<boolean> {
    return this.#isWhole && (await this.commits.has(commits));
  }

  /** Begins anew where the mirror is not the one that was seen, or all that was fetched is too much. Returns an empty folder to fetch into, which sees all of it. */
  async quarantine(): Promise<string> {
    if (!this.#isWhole || (await sizeOfPacks(this.folder)) > BYTES_MAX) await this.#clear();
    const seen = this.#options.rewrites();
    await makeObjectFolder(this.folder, ["../objects"]);
    this.#seenMirror = seen;
    await this.dropQuarantine();
    await makeObjectFolder(this.#quarantine, ["../forks", "../objects"]);
    return this.#quarantine;
  }

  /** What was fetched is whole, and may be read. Returns false where the mirror is not the one any more that it was fetched beside. */
  async release(): Promise<boolean> {
    if (!this.#isWhole) return false;
    const [from, to] = [join(this.#quarantine, "pack"), join(this.folder, "pack")];
    await mkdir(to, { recursive: true });
    const names = await readdir(from).catch(() => []);
    const packs = names.filter((name) => /^pack-[0-9a-f]+\.(?:pack|rev|idx)$/.test(name));
    // A pack is read once it has its index, which comes last.
    const inOrder = [...packs.filter(isNoIndex), ...packs.filter((name) => !isNoIndex(name))];
    for (const name of inOrder) await rename(join(from, name), join(to, name));
    return true;
  }

  async dropQuarantine(): Promise<void> {
    await rm(this.#quarantine, { recursive: true, force: true });
  }

  /** Throws away what leans on a mirror of before, also what a killed service has left. */
  async clearStale(): Promise<void> {
    if (!this.#isWhole) await this.#clear();
  }

  /** Ends its git. May be used again. */
  close(): Promise<void> {
    return this.#reader.close();
  }

  async #clear(): Promise<void> {
    this.#seenMirror = null;
    await this.#reader.close();
    await this.dropQuarantine();
    await rm(this.folder, { recursive: true, force: true });
  }

  get #isWhole(): boolean {
    return this.#seenMirror === this.#options.rewrites();
  }

  get #quarantine(): string {
    return join(this.#options.gitFolder, "quarantine");
  }
}

/** Of the packs in a folder of objects, also of those that are being written; bytes. */
export async function sizeOfPacks(objectFolder: string): Promise<number> {
  const folder = join(objectFolder, "pack");
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return found.reduce((sum, one) => sum + (one?.size ?? 0), 0);
}

/** @param seen other folders whose objects are seen through it, from its own place */
async function makeObjectFolder(folder: string, seen: readonly string[]): Promise<void> {
  await mkdir(join(folder, "info"), { recursive: true });
  await writeFile(join(folder, "info", "alternates"), seen.map((path) => `${path}\n`).join(""));
}

function isNoIndex(name: string): boolean {
  return !name.endsWith(".idx");
}
