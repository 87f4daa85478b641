import { isReadByCompiler, type LanguageService } from "@headwater/language-server";
import type { WorkspaceReader } from "./workspace-reader.js";

/** Files that are read at once. */
const READS_MAX = 32;

/** Brings the files of folders into the service, and keeps them as they are on the disk. */
export class FolderLoader {
  readonly #service: LanguageService;
  readonly #reader: WorkspaceReader;

  constructor(service: LanguageService, reader: WorkspaceReader) {
    this.#service = service;
    this.#reader = reader;
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
}
