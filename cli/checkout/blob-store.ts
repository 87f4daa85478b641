import { UsageError } from "../usage-error.js";
import type { Git } from "./git.js";

/** Contents of a clone by blob id, each read once for both sides of a comparison. */
export interface BlobStore {
  /** Reads many at once. One that is missing is told when it is read. */
  fetch(ids: readonly string[]): void;
  /** `path` is for the message. @throws UsageError when the clone does not have it */
  read(id: string, path: string): Uint8Array;
}

/** One byte more than the compiler accepts of one file, so that it sees that there is more. */
const FILE_BYTES_MAX = 256 * 1024 + 1;
const LINE_FEED = 10;

/** The blobs of a clone, none of them read yet. */
export function createBlobStore(git: Git): BlobStore {
  const blobs = new Map<string, Uint8Array>();

  function fetch(ids: readonly string[]): void {
    const unknown = [...new Set(ids)].filter((id) => !blobs.has(id));
    if (unknown.length === 0) return;
    const small = smallOnes(unknown, git);
    if (small.length === 0) return;
    const output = git.run(["cat-file", "--batch", "--buffer"], `${small.join("\n")}\n`);
    for (const [id, content] of contentsOf(output)) blobs.set(id, content);
  }

  return {
    fetch,
    read(id, path) {
      const known = blobs.get(id);
      if (known !== undefined) return known;
      const size = Number(git.ask(["cat-file", "-s", id]) ?? NaN);
      if (Number.isNaN(size)) {
        throw new UsageError(
          `Cannot read "${path}": this clone does not have its content (${id.slice(0, 12)}). Is it a partial clone without its remote?`,
        );
      }
      const content = git.peek(["cat-file", "blob", id], FILE_BYTES_MAX);
      blobs.set(id, content);
      return content;
    },
  };
}

/** A file that is larger than the compiler takes is not worth its memory. */
function smallOnes(ids: readonly string[], git: Git): readonly string[] {
  const sizes = git.run(["cat-file", "--batch-check", "--buffer"], `${ids.join("\n")}\n`).toString();
  return sizes.split("\n").flatMap((line) => {
    const [, id, size] = /^([0-9a-f]+) blob (\d+)$/.exec(line) ?? [];
    return id !== undefined && Number(size) < FILE_BYTES_MAX ? [id] : [];
  });
}

/** Reads `<id> blob <size>`, a line feed, the content, a line feed, and so on. */
function contentsOf(output: Buffer): ReadonlyMap<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(LINE_FEED, at);
    const [, id, size] = /^([0-9a-f]+) blob (\d+)$/.exec(output.toString("latin1", at, end)) ?? [];
    if (id === undefined) break;
    contents.set(id, output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return contents;
}
