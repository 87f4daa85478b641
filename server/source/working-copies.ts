import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import { Turnstile } from "./turnstile.js";

/** Copies that are written at once, and that are deleted at once: more would only wait for the same disk. */
const MAX_AT_ONCE = 6;
/** Of one repository, which may be so large that each takes minutes: with it a backfill of that held up the runs of all others. */
const OF_ONE_REPOSITORY_MAX = 3;
/** Of a deletion, when a process that a step left behind still writes. */
const RETRIES = 3;

/** Writes the files of a commit into a folder. */
type WriteFiles = (folder: string) => Promise<void>;

export interface WorkingCopiesOptions {
  readonly folder: string;
  /** Of the machine, another one each time that it starts; null where nobody can tell. */
  readonly bootId: string | null;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * A working copy for each run that needs one: `<folder>/<run>/`, the run's own from its first step that asks until it has ended. One
 * is written once, under another name, and renamed when it is whole, so a folder with a run's name is complete
 * whatever was killed when. It is not forced to the disk, which would take longer than the writing: when the machine has started
 * anew since, as after a power cut, nobody knows what of it was lost, and it is written again.
 */
export class WorkingCopies {
  readonly #options: WorkingCopiesOptions;
  readonly #writing = new Turnstile(MAX_AT_ONCE);
  /** By what they are written from: what waits for its turn there waits at none of the others. */
  readonly #mirrors = new Map<object, Turnstile>();
  readonly #deleting = new Turnstile(MAX_AT_ONCE);
  /** By run: all its steps share the one, and the writing of it. */
  readonly #copies = new Map<string, Promise<string>>();
  readonly #deletions = new Set<Promise<void>>();
  /** By folder: until it stands aside, to be deleted. A run that is restarted gets one of that name again. */
  readonly #leaving = new Map<string, Promise<string>>();

  constructor(options: WorkingCopiesOptions) {
    this.#options = options;
  }

  /**
   * Keeps the copies of these runs, which go on, unless the machine has started since. Deletes all else: of runs that have ended,
   * or half written.
   */
  async start(runs: ReadonlySet<string>): Promise<void> {
    const { folder, bootId } = this.#options;
    await mkdir(folder, { recursive: true });
    const isWhole = bootId === null || (await readBoot(folder)) === bootId;
    for (const name of await readdir(folder)) {
      const copy = join(folder, name);
      if (!runs.has(name)) this.#delete(copy);
      else if (isWhole) this.#copies.set(name, Promise.resolve(copy));
      else this.#delete(await this.#setAside(copy));
    }
    if (bootId !== null && !isWhole) await writeFile(bootFile(folder), bootId);
  }

  /** Waits for what is being deleted. */
  async stop(): Promise<void> {
    await Promise.all(this.#deletions);
  }

  /** The run's folder, made when it is first asked for, from a mirror, which is one for all branches of a repository. */
  obtain(runId: string, mirror: object, write: WriteFiles): Promise<string> {
    const known = this.#copies.get(runId);
    if (known !== undefined) return known;
    const copy = this.#inTurn(mirror, () => this.#write(runId, write));
    this.#copies.set(runId, copy);
    copy.catch(() => this.#copies.delete(runId));
    return copy;
  }

  /** Whoever is let through for its repository is in a row with a few of each of the others. */
  async #inTurn(mirror: object, write: () => Promise<string>): Promise<string> {
    const own = this.#mirrors.get(mirror) ?? new Turnstile(OF_ONE_REPOSITORY_MAX);
    this.#mirrors.set(mirror, own);
    try {
      return await own.pass(() => this.#writing.pass(write));
    } finally {
      if (own.isFree) this.#mirrors.delete(mirror);
    }
  }

  /** The run has ended: begins to delete its copy, when it has one. */
  discard(runId: string): void {
    const copy = this.#copies.get(runId);
    if (copy === undefined) return;
    this.#copies.delete(runId);
    void copy.then(
      (folder) => this.#delete(folder),
      () => undefined, // It could not be written: there is nothing to delete.
    );
  }

  async #write(runId: string, write: WriteFiles): Promise<string> {
    const { ids, clock } = this.#options;
    const folder = join(this.#options.folder, runId);
    const unfinished = join(this.#options.folder, `.${ids.next("unfinished", clock.now())}`);
    try {
      await write(unfinished);
      await this.#leaving.get(folder);
      await rename(unfinished, folder);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
    return folder;
  }

  /** The run may ask for its copy while the old one is still being deleted. */
  async #setAside(copy: string): Promise<string> {
    const { ids, clock, folder } = this.#options;
    const aside = join(folder, `.${ids.next("stale", clock.now())}`);
    await rename(copy, aside);
    return aside;
  }

  /** What cannot be deleted now is deleted by the next start. */
  #delete(folder: string): void {
    const { ids, clock } = this.#options;
    const aside = join(this.#options.folder, `.${ids.next("deleted", clock.now())}`);
    const leaving = rename(folder, aside).then(
      () => aside,
      () => folder, // It is not there, or cannot be moved: it is deleted where it is.
    );
    this.#leaving.set(folder, leaving);
    const deletion = this.#deleting
      .pass(async () => rm(await leaving, { recursive: true, force: true, maxRetries: RETRIES }))
      .catch((error: unknown) =>
        this.#options.log.warn("Cannot delete a working copy", { folder, reason: String(error) }),
      )
      .finally(() => {
        this.#deletions.delete(deletion);
        this.#leaving.delete(folder);
      });
    this.#deletions.add(deletion);
  }
}

/** The boot in which the copies were written; null when nobody has written it down. */
async function readBoot(folder: string): Promise<string | null> {
  try {
    return await readFile(bootFile(folder), "utf8");
  } catch {
    // Not there, or lost with the machine: then the copies are not to be relied on.
    return null;
  }
}

function bootFile(folder: string): string {
  return `${folder}.boot`;
}
