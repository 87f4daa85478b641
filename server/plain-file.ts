import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

/** What lies where somebody may have left a file. Whoever is given an open file closes it. */
export type PlainFile =
  | { readonly kind: "open"; readonly file: FileHandle; readonly sizeBytes: number }
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly problem: string };

/**
 * Opens what a step or a repository has left, if it is a plain file. Anything may lie there: a FIFO or a link to an endless device would hold
 * up the service, whose file system calls share a few threads with its database, and a link leads to files that the step's container never saw.
 */
export async function openPlainFile(path: string): Promise<PlainFile> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error) {
    if (file.code === "ENOENT") return { kind: "missing" };
    return refused(file.code === "ELOOP" ? "it is a symbolic link, not a file" : file.message);
  }
  const stats = await file.stat();
  if (stats.isFile()) return { kind: "open", file, sizeBytes: stats.size };
  await file.close();
  return refused("it is not a plain file");
}

function refused(problem: string): PlainFile {
  return { kind: "refused", problem };
}
