import { open, type FileHandle } from "node:fs/promises";
import { parseLogLine, type LogLine } from "./log-line.js";

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where the next page begins: the byte after the last line of this one. */
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

/** The complete lines from an offset on. A log that does not exist (yet) is empty. */
export async function readLog(file: string, { offset, limit }: LogRange): Promise<LogPage> {
  const handle = await openIfThere(file);
  if (handle === null) return { lines: [], nextOffset: offset, atEnd: true };
  try {
    const bytes = await readBytes(handle, offset);
    const { lines, length } = takeLines(bytes, limit);
    return {
      lines,
      nextOffset: offset + length,
      atEnd: bytes.length < PAGE_BYTES && bytes.indexOf(NEWLINE, length) < 0,
    };
  } finally {
    await handle.close();
  }
}

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function readBytes(handle: FileHandle, offset: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(PAGE_BYTES);
  const { bytesRead } = await handle.read(buffer, 0, PAGE_BYTES, offset);
  return buffer.subarray(0, bytesRead);
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
