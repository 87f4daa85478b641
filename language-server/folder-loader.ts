import { isOfLanguage, type LanguageService } from "@headwater/language-server";
import { isForeign } from "./foreign-folders.js";
import type { Timer } from "./timer.js";
import type { WorkspaceReader } from "./workspace-reader.js";

/** Files that are read at once. */
const READS_MAX = 32;

/** So long whoever waits for files does, at most. */
const PATIENCE_MS = 10_000;

export interface LoaderOptions {
  readonly service: LanguageService;
  readonly reader: WorkspaceReader;
  readonly timer: Timer;
  /** Told once of what did not come in time. */
  readonly warn: (message: string) => void;
  /** Called when what did not come in time has come. */
  readonly cameLate: () => void;
}

/**
 * Brings the files of folders into the service, and keeps them as they are on the disk: those of the language at once, all others only by
 * their names until the compiler asks for one. A reading that something happened to meanwhile counts for nothing: the one that began last is
 * what the disk has.
 */
export class FolderLoader {
  /** Resolves when all files of the first folders are known, or do not come: before that nobody can say that one is missing. */
  readonly loaded: Promise<void>;
  readonly #options: LoaderOptions;
  readonly #service: LanguageService;
  readonly #reader: WorkspaceReader;
  readonly #reading = new Map<string, symbol>();
  #folders: readonly string[] = [];
  #tellLoaded: () => void = () => undefined;

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#service = options.service;
    this.#reader = options.reader;
    this.loaded = new Promise((resolve) => (this.#tellLoaded = resolve));
  }

  /** The folders that the editor began with. What cannot be read is taken as not there. */
  async loadFirst(folders: readonly string[]): Promise<void> {
    await this.#waitFor(this.setFolders(folders), `all files of ${folders.join(", ")}`);
    this.#tellLoaded();
  }

  /** Reads the files that the compiler has asked for and that were only listed; false when there are none. */
  async readMissed(): Promise<boolean> {
    const missed = this.#service.workspace.files.takeMissed().filter((uri) => !this.#reading.has(uri));
    const read = eachOf(missed, (uri) => this.#read(uri));
    const more = missed.length > 1 ? ` and ${missed.length - 1} more files` : "";
    if (missed.length > 0) await this.#waitFor(read, `${missed[0] ?? ""}${more}`);
    return missed.length > 0;
  }

  /** These are open from now on: what is in no other is read, and what is in none of them forgotten. */
  async setFolders(folders: readonly string[]): Promise<void> {
    const added = folders.filter((folder) => !this.#folders.includes(folder));
    this.#folders = folders;
    this.#service.workspace.setFolders(folders);
    for (const uri of this.#service.workspace.files.uris()) if (!this.#isOpened(uri)) this.#remove(uri);
    await Promise.all(added.map((folder) => this.#load(folder)));
  }

  /** These files are others, or these files and folders are new. */
  async refresh(uris: readonly string[]): Promise<void> {
    await eachOf(uris, async (uri) => {
      const { files } = this.#service.workspace;
      if (isForeign(uri, (other) => files.has(other))) return;
      if (isOfLanguage(uri)) return this.#read(uri);
      if (files.isListed(uri)) return;
      if (files.has(uri)) return this.#read(uri);
      await this.#load(uri);
    });
  }

  /** These files are gone, or folders with all that was in them: editors tell of the folder alone. */
  remove(uris: readonly string[]): void {
    const gone = new Set(uris);
    for (const uri of new Set([...uris, ...this.#service.workspace.files.uris()]))
      if (isWithin(uri, gone)) this.#remove(uri);
  }

  /** All files of a folder, or a file. */
  async #load(folder: string): Promise<void> {
    const files = await this.#reader.list(folder).catch(() => []);
    for (const uri of files) if (!isOfLanguage(uri)) this.#save(uri, "listed");
    await eachOf(files.filter(isOfLanguage), (uri) => this.#read(uri));
  }

  async #read(uri: string): Promise<void> {
    const reading = Symbol(uri);
    this.#reading.set(uri, reading);
    const content = await this.#reader.read(uri).catch(() => null);
    if (this.#reading.get(uri) !== reading) return;
    this.#reading.delete(uri);
    this.#save(uri, content);
  }

  #save(uri: string, content: Uint8Array | "listed" | null): void {
    if (this.#isOpened(uri)) this.#service.workspace.save(uri, content);
  }

  /** What does not come counts as not there until it does: a host that does not answer shall not keep all others from being checked. */
  async #waitFor(work: Promise<void>, what: string): Promise<void> {
    const { timer, warn, cameLate } = this.#options;
    let isLate = false;
    const patience = new Promise<void>((resolve) => {
      const cancel = timer.after(PATIENCE_MS, () => {
        isLate = true;
        warn(
          `Cannot read ${what}: no answer for ${PATIENCE_MS / 1000} seconds. It is checked as if it were empty until one comes`,
        );
        resolve();
      });
      void work.then(() => (isLate ? cameLate() : cancel()));
    });
    await Promise.race([work, patience]);
  }

  #remove(uri: string): void {
    this.#reading.delete(uri);
    this.#service.workspace.save(uri, null);
  }

  #isOpened(uri: string): boolean {
    return this.#folders.some((folder) => uri.startsWith(withSlash(folder)));
  }
}

/** Whether an address is one of these, or in one of them. */
function isWithin(uri: string, folders: ReadonlySet<string>): boolean {
  for (let at = uri; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/"))))
    if (folders.has(at)) return true;
  return false;
}

function withSlash(uri: string): string {
  return uri.endsWith("/") ? uri : `${uri}/`;
}

/** Does something for each address, some at once. */
async function eachOf(uris: readonly string[], work: (uri: string) => Promise<void>): Promise<void> {
  const waiting = [...uris];
  const workOn = async (): Promise<void> => {
    for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) await work(uri);
  };
  await Promise.all(Array.from({ length: READS_MAX }, workOn));
}
