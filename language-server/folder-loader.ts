import { isReadByCompiler, type LanguageService } from "@headwater/language-server";
import type { WorkspaceReader } from "./workspace-reader.js";

/** Files that are read at once. */
const READS_MAX = 32;

/** Brings the files of folders into the service, and keeps them as they are on the disk. */
export class FolderLoader {
  /** Resolves when all files of the first folders are known: before that nobody can say that one is missing. */
  readonly loaded: Promise<void>;
  readonly #service: LanguageService;
  readonly #reader: WorkspaceReader;
  #tellLoaded: () => void = () => undefined;

  constructor(service: LanguageService, reader: WorkspaceReader) {
    this.#service = service;
    this.#reader = reader;
    this.loaded = new Promise((resolve) => (this.#tellLoaded = resolve));
  }

  /** The folders that the editor began with. What cannot be read is taken as not there. */
  async loadFirst(folders: readonly string[]): Promise<void> {
    try {
      await this.load(folders);
    } finally {
      this.#tellLoaded();
    }
  }

  /** All files of the folders; those that the compiler does not read are only listed. */
  async load(folders: readonly string[]): Promise<void> {
    const listed = await Promise.all(folders.map((folder) => this.#reader.list(folder)));
    const waiting = [...new Set(listed.flat())];
    const readOn = async (): Promise<void> => {
      for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) await this.refresh(uri);
    };
    await Promise.all(Array.from({ length: READS_MAX }, readOn));
  }

  /** A file is another one, or new, or gone. */
  async refresh(uri: string): Promise<void> {
    const content = isReadByCompiler(uri) ? await this.#reader.read(uri) : "listed";
    this.#service.workspace.save(uri, content);
  }

  remove(uri: string): void {
    this.#service.workspace.save(uri, null);
  }

  /** A folder was closed. */
  forget(folder: string): void {
    const within = folder.endsWith("/") ? folder : `${folder}/`;
    for (const uri of this.#service.workspace.files.uris()) if (uri.startsWith(within)) this.remove(uri);
  }
}
