/** Where the files are that are not open in the editor. */
export interface WorkspaceReader {
  /** The addresses of all files in a folder, but those in `.git` and `node_modules`; of a file its own. Empty when it cannot be read. */
  list(folder: string): Promise<readonly string[]>;
  /** Null when there is no such file, or it cannot be read. */
  read(uri: string): Promise<Uint8Array | null>;
}
