/** An entry of a folder, as git keeps it. */
export interface TreeEntry {
  /** Octal digits, six of them: `040000` is a folder. */
  readonly mode: string;
  /** Without `/` where git made it. What is not UTF-8 is U+FFFD. */
  readonly name: string;
  readonly id: string;
}

/** The mode of a file with its executable bit. */
export const EXECUTABLE = "100755";

/** The mode of a folder. */
export const FOLDER = "040000";

const [SPACE, NUL] = [32, 0];

/** Reads a tree: `<mode> <name> NUL <id>`, again and again, the id in `idBytes` bytes. What is cut off at the end is left out. */
export function parseTree(content: Buffer, idBytes: number): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(SPACE, at);
    const nul = space === -1 ? -1 : content.indexOf(NUL, space);
    const next = nul + 1 + idBytes;
    if (nul === -1 || next > content.length) break;
    entries.push({
      mode: content.toString("latin1", at, space).padStart(6, "0"),
      name: content.toString("utf8", space + 1, nul),
      id: content.toString("hex", nul + 1, next),
    });
    at = next;
  }
  return entries;
}
