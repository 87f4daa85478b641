import { open, type FileHandle } from "node:fs/promises";
import { compressedLogOf, readCompressed } from "./compressed-log.js";
import { parseLogLine, type LogLine } from "./log-line.js";

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where the next page begins: the byte after the last line of this one, counted as if the log were not compressed. */
  readonly nextOffset: number;
  /** Whether the file had no complete line after this page when it was read. */
  readonly atEnd: boolean;
}

export interface LogRange {
  /** Bytes from the beginning: 0, or a place that `nextOffset` gave. */
  readonly offset: number;
  /** Lines. A page may hold fewer before the end, because it is also bounded to half a megabyte. */
  readonly limit: number;
}

/** Room for several lines of full length, so that every page makes progress. */
const PAGE_BYTES = 512 * 1024;
const NEWLINE = 0x0a;

/** The complete lines from an offset on, of a log in either form. A log that does not exist (yet) is empty. */
export async function readLog(file: string, { offset, limit }: LogRange): Promise<LogPage> {
  const bytes = (await readPlain(file, offset)) ?? (await readOther(file, offset));
  if (bytes === null) return { lines: [], nextOffset: offset, atEnd: true };
  const { lines, length } = takeLines(bytes, limit);
  return {
    lines,
    nextOffset: offset + length,
    atEnd: bytes.length < PAGE_BYTES && bytes.indexOf(NEWLINE, length) < 0,
  };
}

function readPlain(file: string, offset: number): Promise<Buffer | null> {
  return withFile(file, async (handle) => {
    const { size } = await handle.stat();
    const length = Math.max(0, Math.min(size - offset, PAGE_BYTES));
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  });
}

/** The log goes when its compressed form is in place: who finds neither has looked before the log was made. */
function readOther(file: string, offset: number): Promise<Buffer | null> {
  return withFile(compressedLogOf(file), (handle) => readCompressed(handle, offset, PAGE_BYTES));
}

async function withFile<Result>(
  path: string,
  read: (handle: FileHandle) => Promise<Result>,
): Promise<Result | null> {
  const handle = await open(path, "r").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    return await read(handle);
  } finally {
    await handle.close();
  }
}

function takeLines(
  bytes: Buffer,
  limit: number,
): { readonly lines: readonly LogLine[]; readonly length: number } {
  const lines: LogLine[] = [];
  let length = 0;
  while (lines.length < limit) {
    const end = bytes.indexOf(NEWLINE, length);
    if (end < 0) break;
    lines.push(parseLogLine(bytes.toString("utf8", length, end)));
    length = end + 1;
  }
  return { lines, length };
}
