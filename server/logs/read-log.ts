import { open, type FileHandle } from "node:fs/promises";
import { compressedLogOf, plainBytesOf, readCompressed } from "./compressed-log.js";
import { parseLogLine, type LogLine } from "./log-line.js";

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where the next page begins: the byte after the last line of this one, counted as if the log were not compressed. */
  readonly nextOffset: number;
  /** Whether the file had no complete line after this page when it was read. */
  readonly atEnd: boolean;
}

/** From a place on, or the last so many lines. */
export type LogRange = LogFrom | { readonly tail: number };

interface LogFrom {
  /** Bytes from the beginning: 0, or a place that `nextOffset` gave. */
  readonly offset: number;
  /** Lines. A page may hold fewer before the end, because it is also bounded to half a megabyte. */
  readonly limit: number;
}

/** Room for several lines of full length, so that every page makes progress. */
const PAGE_BYTES = 512 * 1024;
const NEWLINE = 0x0a;

/** The complete lines from an offset on, of a log in either form. A log that does not exist (yet) is empty. */
export async function readLog(file: string, range: LogRange): Promise<LogPage> {
  return "tail" in range ? readTail(file, range.tail) : readOn(file, range);
}

async function readOn(file: string, { offset, limit }: LogFrom): Promise<LogPage> {
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
    return readBytes(handle, offset, size);
  });
}

async function readBytes(handle: FileHandle, offset: number, size: number): Promise<Buffer> {
  const length = Math.max(0, Math.min(size - offset, PAGE_BYTES));
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** The end of a log, and where it begins in it. */
interface LogEnd {
  readonly offset: number;
  readonly bytes: Buffer;
}

async function readTail(file: string, count: number): Promise<LogPage> {
  const end = (await readPlainEnd(file)) ?? (await readCompressedEnd(file));
  if (end === null) return { lines: [], nextOffset: 0, atEnd: true };
  const { offset, bytes } = end;
  const length = bytes.lastIndexOf(NEWLINE) + 1;
  let start = length;
  for (let lines = 0; lines < count && start > 0; lines += 1) start = lineStart(bytes, start);
  // Of the first line that was read, some may be before that.
  if (start === 0 && offset > 0) start = bytes.indexOf(NEWLINE) + 1;
  const { lines } = takeLines(bytes.subarray(start, length), count);
  return { lines, nextOffset: offset + length, atEnd: true };
}

/** Where the line begins that ends just before a place. */
function lineStart(bytes: Buffer, end: number): number {
  return end < 2 ? 0 : bytes.lastIndexOf(NEWLINE, end - 2) + 1;
}

function readPlainEnd(file: string): Promise<LogEnd | null> {
  return withFile(file, async (handle) => {
    const { size } = await handle.stat();
    const offset = Math.max(0, size - PAGE_BYTES);
    return { offset, bytes: await readBytes(handle, offset, size) };
  });
}

function readCompressedEnd(file: string): Promise<LogEnd | null> {
  return withFile(compressedLogOf(file), async (handle) => {
    const offset = Math.max(0, (await plainBytesOf(handle)) - PAGE_BYTES);
    return { offset, bytes: await readCompressed(handle, offset, PAGE_BYTES) };
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
