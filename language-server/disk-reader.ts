import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { canonicalUri } from "@headwater/language-server";
import { ENVIRONMENT_FILE, FOREIGN_FOLDERS } from "./foreign-folders.js";
import type { WorkspaceReader } from "./workspace-reader.js";

/** More files than any repository that somebody edits; a folder such as `/` is given up there. */
const FILES_MAX = 200_000;

/** Reads `file:` addresses from the disk; nothing is at others. Links are not followed: what they point at may lead anywhere. */
export function createDiskReader(): WorkspaceReader {
  return {
    async list(folder) {
      const files: string[] = [];
      const folders = pathsOf(folder);
      if (await isFile(folders[0])) return [folder];
      for (let at = folders.pop(); at !== undefined && files.length < FILES_MAX; at = folders.pop()) {
        const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
        const environment = entries.filter(({ name }) => name === ENVIRONMENT_FILE);
        for (const entry of environment.length > 0 ? environment : entries) {
          const path = join(at, entry.name);
          if (entry.isFile()) files.push(canonicalUri(pathToFileURL(path).href));
          else if (entry.isDirectory() && !FOREIGN_FOLDERS.has(entry.name)) folders.push(path);
        }
      }
      return files;
    },
    async read(uri) {
      const [path] = pathsOf(uri);
      return path === undefined ? null : readFile(path).catch(() => null);
    },
  };
}

async function isFile(path: string | undefined): Promise<boolean> {
  if (path === undefined) return false;
  return lstat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

/** None for what an editor has elsewhere, such as on another machine, and for what no disk can have. */
function pathsOf(uri: string): string[] {
  try {
    return [fileURLToPath(uri)];
  } catch {
    // The address is not of a file, or holds what no path may.
    return [];
  }
}
