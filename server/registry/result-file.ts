import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { deserialize, serialize } from "node:v8";
import { deflateRaw, inflateRawSync } from "node:zlib";
import { restoreResult, type CompileCache, type PortableResult } from "@headwater/workflow";
import type { Clock } from "../clock.js";
import { takeTurns } from "./take-turns.js";

const deflate = promisify(deflateRaw);

const LENGTH_BYTES = 4;
const SUM_BYTES = 32;
/** Results of one block: its details are unpacked together. */
const BLOCK_RESULTS = 300;
/** What compresses to more than that was never written here. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;

/** A result as it stands in a block: its facts, and where its details are. */
interface Line {
  readonly what: string;
  readonly of: string;
  /** Null for what was not there. */
  readonly reads: readonly (string | null)[];
  readonly readsMore: boolean;
  readonly bytes: number;
  readonly facts: unknown;
  /** None where facts say all. */
  readonly details?: readonly [start: number, end: number];
}

/**
 * What was compiled of one repository, for the next life of the service: blocks, each with the sum of what is in it and of the build that has
 * made it. So what is damaged, cut off or of another build is not there; it may be lost at any moment.
 */
export class ResultFile {
  readonly #path: string;
  readonly #build: string;
  /** How far it is good. */
  #bytes = 0;

  /** @param build names what has compiled, see `createBuildReader` */
  constructor(path: string, build: string) {
    this.#path = path;
    this.#build = build;
  }

  /** How large it is. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @yields now and then, while what is good of it goes into the cache. Answers how many results that are. */
  *restore(content: Buffer, cache: CompileCache): Generator<undefined, number> {
    let results = 0;
    for (let payload; (payload = this.#blockAt(content, this.#bytes)) !== null; yield) {
      results += restoreBlock(payload, cache);
      this.#bytes += LENGTH_BYTES + SUM_BYTES + payload.length;
    }
    return results;
  }

  /** An empty one where there is none. */
  async read(): Promise<Buffer> {
    const content = await readFile(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return Buffer.alloc(0);
      throw error;
    });
    return content.length > FILE_BYTES_MAX ? Buffer.alloc(0) : content;
  }

  /** Whether somebody has deleted it, or some of it. */
  async isCutOff(): Promise<boolean> {
    const size = await stat(this.#path).then(
      (found) => found.size,
      () => 0,
    );
    return size < this.#bytes;
  }

  /** Puts results behind those that are there, and what was no good away. */
  async append(blocks: AsyncIterable<PackedBlock>): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const file = await open(this.#path, "a+");
    try {
      const { size } = await file.stat();
      // It was deleted a moment ago: the next time all is written that is remembered.
      if (size < this.#bytes) return;
      if (size > this.#bytes) await file.truncate(this.#bytes);
      for await (const block of blocks) await this.#put(block, file);
    } finally {
      await file.close();
    }
  }

  /** Puts these in the place of all that is there. */
  async replace(blocks: AsyncIterable<PackedBlock>): Promise<void> {
    const path = `${this.#path}.new`;
    const anew = new ResultFile(path, this.#build);
    try {
      await rm(path, { force: true });
      await anew.append(blocks);
      await rename(path, this.#path);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    this.#bytes = anew.bytes;
  }

  async #put({ lines, details }: PackedBlock, file: FileHandle): Promise<void> {
    const head = await deflate(JSON.stringify(lines), { level: 1 });
    const payload = Buffer.concat([lengthOf(head), head, await deflate(details, { level: 1 })]);
    const block = Buffer.concat([lengthOf(payload), this.#sumOf(payload), payload]);
    await file.appendFile(block);
    this.#bytes += block.length;
  }

  /** Null at the end of what is good. */
  #blockAt(content: Buffer, start: number): Buffer | null {
    const begin = start + LENGTH_BYTES + SUM_BYTES;
    if (content.length < begin) return null;
    const payload = content.subarray(begin, begin + content.readUInt32BE(start));
    return this.#sumOf(payload).equals(content.subarray(start + LENGTH_BYTES, begin)) ? payload : null;
  }

  #sumOf(payload: Buffer): Buffer {
    return createHash("sha256").update(this.#build).update(payload).digest();
  }
}

/** What is to be written of some results. */
interface PackedBlock {
  readonly lines: readonly Line[];
  readonly details: Buffer;
}

/** @yields one block after the other, each when it is asked for: together they are large */
export async function* packBlocks(
  results: Iterator<PortableResult, void>,
  clock: Pick<Clock, "steady" | "afterTurn">,
): AsyncGenerator<PackedBlock, void> {
  for (let block; (block = await takeTurns(packBlock(results), clock)).lines.length > 0;) yield block;
}

/** Of the next results; of none at their end. @yields after each result: hundreds take a while */
function* packBlock(results: Iterator<PortableResult, void>): Generator<undefined, PackedBlock> {
  const [lines, pieces]: [Line[], Buffer[]] = [[], []];
  let size = 0;
  for (let next; lines.length < BLOCK_RESULTS && (next = results.next()).done !== true; yield) {
    const { key, made, facts, details } = next.value;
    const { reads, readsMore, bytes } = made;
    const line = { ...key, reads: reads.map((read) => read ?? null), readsMore, bytes, facts };
    if (details === undefined) {
      lines.push(line);
      continue;
    }
    const piece = serialize(details);
    lines.push({ ...line, details: [size, size + piece.length] });
    pieces.push(piece);
    size += piece.length;
  }
  return { lines, details: Buffer.concat(pieces) };
}

/** Answers how many results it has. */
function restoreBlock(payload: Buffer, cache: CompileCache): number {
  const end = LENGTH_BYTES + payload.readUInt32BE(0);
  // The sum says that this build has written it.
  const lines = JSON.parse(inflateRawSync(payload.subarray(LENGTH_BYTES, end)).toString()) as readonly Line[];
  // A copy: a part of the whole file would keep all of it in memory.
  const unpacked = unpackedWhenAsked(Buffer.from(payload.subarray(end)));
  for (const { what, of, reads, details, facts, ...made } of lines) {
    restoreResult(
      cache,
      { key: { what, of }, facts, made: { ...made, reads: reads.map((read) => read ?? undefined) } },
      () => (details === undefined ? undefined : deserialize(unpacked().subarray(...details))),
    );
  }
  return lines.length;
}

/** It is many times as large as what it was packed into, and mostly asked for by all of a block in a row: only memory that is left over keeps it. */
function unpackedWhenAsked(packed: Buffer): () => Buffer {
  let last: WeakRef<Buffer> | null = null;
  return () => {
    const known = last?.deref();
    if (known !== undefined) return known;
    const unpacked = inflateRawSync(packed);
    last = new WeakRef(unpacked);
    return unpacked;
  };
}

function lengthOf(buffer: Buffer): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES);
  bytes.writeUInt32BE(buffer.length);
  return bytes;
}
