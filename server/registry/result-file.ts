import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { deserialize, serialize } from "node:v8";
import { deflateRaw, inflateRawSync } from "node:zlib";
import { restoreResult, type CompileCache, type PortableResult } from "@headwater/workflow";
import { once } from "../once.js";

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

  /** @yields now and then, while what is good of it goes into the cache */
  *restore(content: Buffer, cache: CompileCache): Generator<undefined, void> {
    for (let payload; (payload = this.#blockAt(content, this.#bytes)) !== null; yield) {
      restoreBlock(payload, cache);
      this.#bytes += LENGTH_BYTES + SUM_BYTES + payload.length;
    }
  }

  /** An empty one where there is none. */
  async read(): Promise<Buffer> {
    const content = await readFile(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return Buffer.alloc(0);
      throw error;
    });
    return content.length > FILE_BYTES_MAX ? Buffer.alloc(0) : content;
  }

  /** Puts results behind those that are there, and what was no good away. */
  async append(packed: readonly PackedBlock[]): Promise<void> {
    const blocks = await this.#blocksOf(packed);
    await mkdir(dirname(this.#path), { recursive: true });
    const file = await open(this.#path, "a+");
    try {
      if ((await file.stat()).size !== this.#bytes) await file.truncate(this.#bytes);
      await file.appendFile(blocks);
    } finally {
      await file.close();
    }
    this.#bytes += blocks.length;
  }

  /** Puts these in the place of all that is there. */
  async replace(packed: readonly PackedBlock[]): Promise<void> {
    const blocks = await this.#blocksOf(packed);
    await writeFile(`${this.#path}.new`, blocks);
    await rename(`${this.#path}.new`, this.#path);
    this.#bytes = blocks.length;
  }

  async remove(): Promise<void> {
    this.#bytes = 0;
    await rm(this.#path, { force: true });
  }

  async #blocksOf(packed: readonly PackedBlock[]): Promise<Buffer> {
    const blocks: Buffer[] = [];
    for (const { lines, details } of packed) {
      const head = await deflate(JSON.stringify(lines), { level: 1 });
      const payload = Buffer.concat([lengthOf(head), head, await deflate(details, { level: 1 })]);
      blocks.push(lengthOf(payload), this.#sumOf(payload), payload);
    }
    return Buffer.concat(blocks);
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
export interface PackedBlock {
  readonly lines: readonly Line[];
  readonly details: Buffer;
}

/** @yields after each result: thousands take a while */
export function* packResults(
  results: Iterable<PortableResult>,
): Generator<undefined, readonly PackedBlock[]> {
  const blocks: PackedBlock[] = [];
  let [lines, pieces, size]: [Line[], Buffer[], number] = [[], [], 0];
  const close = (): void => {
    if (lines.length > 0) blocks.push({ lines, details: Buffer.concat(pieces) });
    [lines, pieces, size] = [[], [], 0];
  };
  for (const { key, made, facts, details } of results) {
    const { reads, readsMore, bytes } = made;
    const line = { ...key, reads: reads.map((read) => read ?? null), readsMore, bytes, facts };
    if (details === undefined) {
      lines.push(line);
    } else {
      const piece = serialize(details);
      lines.push({ ...line, details: [size, size + piece.length] });
      pieces.push(piece);
      size += piece.length;
    }
    if (lines.length === BLOCK_RESULTS) close();
    yield;
  }
  close();
  return blocks;
}

function restoreBlock(payload: Buffer, cache: CompileCache): void {
  const end = LENGTH_BYTES + payload.readUInt32BE(0);
  // The sum says that this build has written it.
  const lines = JSON.parse(inflateRawSync(payload.subarray(LENGTH_BYTES, end)).toString()) as readonly Line[];
  const unpacked = once(() => inflateRawSync(payload.subarray(end)));
  for (const { what, of, reads, details, facts, ...made } of lines) {
    restoreResult(
      cache,
      { key: { what, of }, facts, made: { ...made, reads: reads.map((read) => read ?? undefined) } },
      () => (details === undefined ? undefined : deserialize(unpacked().subarray(...details))),
    );
  }
}

function lengthOf(buffer: Buffer): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES);
  bytes.writeUInt32BE(buffer.length);
  return bytes;
}
