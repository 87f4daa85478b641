import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, deflateRaw, inflateRaw } from "node:zlib";

/**
 * A log that is finished, as gzip that can be read from any place: members of 256 KiB, each of which says in an extra field how
 * long it is, here and decompressed, so that a reader hops to the one it wants. `zcat` reads it like any other. Source: RFC 1952.
 */
const BLOCK_BYTES = 256 * 1024;
/** Magic, deflate, "has an extra field", no time, unknown system; then the length of the extra field, its name and its length. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 12, 0, 0x48, 0x57, 8, 0]);
const HEADER_BYTES = HEADER.length + 8;
const TRAILER_BYTES = 8;

/** Where the compressed form of a log is. */
export function compressedLogOf(file: string): string {
  return `${file}.gz`;
}

/** Puts the compressed form in the place of a log that nobody writes any more; the log stays when that fails. */
export async function compressLog(file: string): Promise<void> {
  const part = `${compressedLogOf(file)}.part`;
  try {
    await writeCompressed(file, part);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await rename(part, compressedLogOf(file));
  await rm(file);
}

async function writeCompressed(file: string, part: string): Promise<void> {
  const source = await open(file, "r");
  try {
    const target = await open(part, "w");
    try {
      await copyCompressed(source, target);
      // The log is removed next: this must outlive a power cut.
      await target.datasync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyCompressed(source: FileHandle, target: FileHandle): Promise<void> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (;;) {
    const { bytesRead } = await source.read(block, 0, BLOCK_BYTES);
    if (bytesRead === 0) return;
    await target.writeFile(await member(block.subarray(0, bytesRead)));
  }
}

async function member(block: Buffer): Promise<Buffer> {
  const deflated = await promisify(deflateRaw)(block);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(HEADER_BYTES + deflated.length + TRAILER_BYTES, 0);
  sizes.writeUInt32LE(block.length, 4);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(block), 0);
  trailer.writeUInt32LE(block.length, 4);
  return Buffer.concat([HEADER, sizes, deflated, trailer]);
}

/** Bytes of the log from `offset` on, as many as `maxBytes` or up to the end. */
export async function readCompressed(handle: FileHandle, offset: number, maxBytes: number): Promise<Buffer> {
  const blocks: Buffer[] = [];
  let missing = maxBytes;
  let blockStart = 0;
  for (let position = 0; missing > 0;) {
    const sizes = await readSizes(handle, position);
    if (sizes === null) break;
    const skipped = offset + (maxBytes - missing) - blockStart;
    if (skipped < sizes.blockBytes) {
      const block = await readBlock(handle, position, sizes);
      const wanted = block.subarray(skipped, skipped + missing);
      blocks.push(wanted);
      missing -= wanted.length;
    }
    blockStart += sizes.blockBytes;
    position += sizes.memberBytes;
  }
  return Buffer.concat(blocks);
}

/** How long the log is that was compressed. */
export async function plainBytesOf(handle: FileHandle): Promise<number> {
  let bytes = 0;
  for (let position = 0; ;) {
    const sizes = await readSizes(handle, position);
    if (sizes === null) return bytes;
    bytes += sizes.blockBytes;
    position += sizes.memberBytes;
  }
}

interface Sizes {
  readonly memberBytes: number;
  readonly blockBytes: number;
}

/** Null at the end, also where zeros stand for what a power failure has lost. */
async function readSizes(handle: FileHandle, position: number): Promise<Sizes | null> {
  const header = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, position);
  if (bytesRead < HEADER_BYTES) return null;
  const memberBytes = header.readUInt32LE(HEADER.length);
  if (memberBytes === 0) return null;
  return { memberBytes, blockBytes: header.readUInt32LE(HEADER.length + 4) };
}

async function readBlock(handle: FileHandle, position: number, { memberBytes }: Sizes): Promise<Buffer> {
  const deflated = Buffer.allocUnsafe(memberBytes - HEADER_BYTES - TRAILER_BYTES);
  await handle.read(deflated, 0, deflated.length, position + HEADER_BYTES);
  return promisify(inflateRaw)(deflated);
}
