import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { canonicalUri } from "@headwater/language-server";
import type { WorkspaceReader } from "./workspace-reader.js";

const SKIPPED: ReadonlySet<string> = new Set([".git", "node_modules"]);
/** More files than any repository that somebody edits; a folder such as `/` is given up there. */
const FILES_MAX = 200_000;

/** Reads `file:` addresses from the disk. Links are not followed: what they point at may lead anywhere. */
export function createDiskReader(): WorkspaceReader {
  return {
    async list(folder) {
      const files: string[] = [];
      const folders = [fileURLToPath(folder)];
      for (let at = folders.pop(); at !== undefined && files.length < FILES_MAX; at = folders.pop()) {
        for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
          const path = join(at, entry.name);
          if (entry.isFile()) files.push(canonicalUri(pathToFileURL(path).href));
          else if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(path);
        }
      }
      return files;
    },
    read: (uri) => readFile(fileURLToPath(uri)).catch(() => null),
  };
}
