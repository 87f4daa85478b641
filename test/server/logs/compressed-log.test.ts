import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compressedLogOf, compressLog } from "#server/logs/compressed-log.js";
import { LogCompressor } from "#server/logs/log-compressor.js";
import { formatLogLine } from "#server/logs/log-line.js";
import { readLog, type LogPage } from "#server/logs/read-log.js";

/** Of many lengths, so that lines cross the borders of blocks and pages. */
const LINES = Array.from({ length: 20_000 }, (_, index) => `line ${index} ${"é".repeat((index * 37) % 61)}`);
const TEXT = LINES.map((line, index) => formatLogLine(index, index % 3 === 0 ? "err" : "out", line)).join("");

describe("a compressed log", () => {
  let file = "";
  beforeEach(() => {
    file = join(mkdtempSync(join(tmpdir(), "headwater-log-")), "1.log");
    writeFileSync(file, TEXT);
  });
  afterEach(() => rmSync(join(file, ".."), { recursive: true }));

  async function readAll(limit: number): Promise<readonly LogPage[]> {
    const pages: LogPage[] = [];
    for (let offset = 0; ;) {
      const page = await readLog(file, { offset, limit });
      pages.push(page);
      if (page.atEnd) return pages;
      offset = page.nextOffset;
    }
  }

  it("takes the place of the log, is much smaller, and any gunzip reads it", async () => {
    await compressLog(file);
    assert.equal(existsSync(file), false);
    assert.equal(gunzipSync(readFileSync(compressedLogOf(file))).toString(), TEXT);
    assert.ok(statSync(compressedLogOf(file)).size * 4 < Buffer.byteLength(TEXT));
  });

  it("is read page by page exactly as it was before, also by who began before", async () => {
    for (const limit of [777, 100_000]) {
      writeFileSync(file, TEXT);
      rmSync(compressedLogOf(file), { force: true });
      const before = await readAll(limit);
      await compressLog(file);
      assert.deepEqual(await readAll(limit), before);
      const middle = before[1]?.nextOffset ?? 0;
      assert.deepEqual(await readLog(file, { offset: middle, limit }), before[2]);
      const end = before.at(-1)?.nextOffset ?? 0;
      const nothing = { lines: [], nextOffset: end, atEnd: true };
      assert.deepEqual(await readLog(file, { offset: end, limit }), nothing);
      assert.deepEqual(await readLog(file, { offset: end + 10, limit }), {
        ...nothing,
        nextOffset: end + 10,
      });
    }
  });

  it("gives its last lines as it did before", async () => {
    const last = async (tail: number): Promise<readonly string[]> => {
      const { lines, nextOffset, atEnd } = await readLog(file, { tail });
      assert.deepEqual([nextOffset, atEnd], [Buffer.byteLength(TEXT), true]);
      return lines.map(({ text }) => text);
    };
    for (let round = 0; round < 2; round += 1) {
      for (const tail of [1, 2, 1000]) assert.deepEqual(await last(tail), LINES.slice(-tail));
      // As many as are whole in half a megabyte.
      const many = await last(100_000);
      assert.ok(many.length > 5000);
      assert.deepEqual(many, LINES.slice(-many.length));
      if (round === 0) await compressLog(file);
    }
  });

  it("gives no last line that is not whole, all where they are fewer, and none of a log that is not there", async () => {
    const line = (text: string): string => formatLogLine(0, "out", text);
    const told = async (text: string): Promise<readonly unknown[]> => {
      writeFileSync(file, text);
      const { lines, nextOffset } = await readLog(file, { tail: 2 });
      return [lines.map((each) => each.text), nextOffset];
    };
    const [one, two, three] = [line("one"), line(""), line("three")];
    assert.deepEqual(await told(one + two + three), [["", "three"], (one + two + three).length]);
    assert.deepEqual(await told(`${one}${two}three`), [["one", ""], (one + two).length]);
    assert.deepEqual(await told(one), [["one"], one.length]);
    assert.deepEqual(await told("\n"), [[""], 1]);
    assert.deepEqual(await told("thr"), [[], 0]);
    assert.deepEqual(await told(""), [[], 0]);
    rmSync(file);
    assert.deepEqual(await readLog(file, { tail: 2 }), { lines: [], nextOffset: 0, atEnd: true });
  });

  it("has nothing where it is of zeros, and is not read for ever", async () => {
    rmSync(file);
    writeFileSync(compressedLogOf(file), Buffer.alloc(1000));
    const nothing = { lines: [], nextOffset: 0, atEnd: true };
    assert.deepEqual(await readLog(file, { tail: 2 }), nothing);
    assert.deepEqual(await readLog(file, { offset: 0, limit: 10 }), nothing);
  });

  it("is not made when it cannot be: the log stays", async () => {
    rmSync(file);
    await assert.rejects(() => compressLog(file), { code: "ENOENT" });
    assert.equal(existsSync(`${compressedLogOf(file)}.part`), false);
  });
});

describe("LogCompressor", () => {
  it("compresses what is long enough, leaves the rest, and finishes its file when it is stopped", async () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-log-"));
    const name = (index: number): string => join(folder, `${index}.log`);
    for (const index of [1, 2]) writeFileSync(name(index), TEXT);
    writeFileSync(name(3), "short\n");
    const compressor = new LogCompressor();
    for (const index of [1, 3, 4]) compressor.add(name(index));
    await compressor.idle();
    assert.deepEqual(
      [1, 3].map((index) => [existsSync(name(index)), existsSync(compressedLogOf(name(index)))]),
      [
        [false, true],
        [true, false],
      ],
    );
    compressor.add(name(2));
    await compressor.stop();
    assert.equal(existsSync(name(2)), false);
    await compressor.stop();
    rmSync(folder, { recursive: true });
  });
});
