import { isReadByCompiler, type LanguageService } from "@headwater/language-server";
import { isForeign } from "./foreign-folders.js";
import type { WorkspaceReader } from "./workspace-reader.js";

/** Files that are read at once. */
const READS_MAX = 32;

/**
 * Brings the files of folders into the service, and keeps them as they are on the disk. A reading that something happened to meanwhile
 * counts for nothing: the one that began last is what the disk has.
 */
export class FolderLoader {
  /** Resolves when all files of the first folders are known: before that nobody can say that one is missing. */
  readonly loaded: Promise<void>;
  readonly #service: LanguageService;
  readonly #reader: WorkspaceReader;
  readonly #reading = new Map<string, symbol>();
  #folders: readonly string[] = [];
  #tellLoaded: () => void = () => undefined;

  constructor(service: LanguageService, reader: WorkspaceReader) {
    this.#service = service;
    this.#reader = reader;
    this.loaded = new Promise((resolve) => (this.#tellLoaded = resolve));
  }

  /** The folders that the editor began with. What cannot be read is taken as not there. */
  async loadFirst(folders: readonly string[]): Promise<void> {
    await this.setFolders(folders);
    this.#tellLoaded();
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
      if (isForeign(uri)) return;
      if (isReadByCompiler(uri)) return this.#read(uri);
      const isKnown = this.#service.workspace.files.has(uri);
      if (!isKnown && (await this.#load(uri)) === 0) await this.#read(uri);
    });
  }

  /** These files are gone, or folders with all that was in them: editors tell of the folder alone. */
  remove(uris: readonly string[]): void {
    const gone = new Set(uris);
    for (const uri of new Set([...uris, ...this.#service.workspace.files.uris()]))
      if (isWithin(uri, gone)) this.#remove(uri);
  }

  /** All files of a folder; those that the compiler does not read are only listed. Answers how many there are. */
  async #load(folder: string): Promise<number> {
    const files = await this.#reader.list(folder).catch(() => []);
    await eachOf(files, (uri) => this.#read(uri));
    return files.length;
  }

  async #read(uri: string): Promise<void> {
    const reading = Symbol(uri);
    this.#reading.set(uri, reading);
    const content = isReadByCompiler(uri) ? await this.#reader.read(uri).catch(() => null) : "listed";
    if (this.#reading.get(uri) !== reading) return;
    this.#reading.delete(uri);
    if (this.#isOpened(uri)) this.#service.workspace.save(uri, content);
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
