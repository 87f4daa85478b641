import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Secrets } from "./secrets.js";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const FOLDERS = { live: "secrets", preview: join("secrets", "preview") } as const;

/** Files named `secrets/<NAME>` in the data folder, of previews `secrets/preview/<NAME>`; one line break at the end does not count. */
export function folderSecrets(dataFolder: string): Secrets {
  return {
    check: async () => undefined,
    read: async (names, scope) => {
      const found = new Map<string, string>();
      // A name that is none could lead out of the folder.
      for (const name of names.filter((each) => NAME.test(each))) {
        const value = await readSecretFile(join(dataFolder, FOLDERS[scope], name));
        if (value !== null) found.set(name, value);
      }
      return found;
    },
  };
}

async function readSecretFile(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EISDIR"))
      return null;
    throw error;
  }
}
