import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compressLog } from "#server/logs/compressed-log.js";
import { formatLogLine } from "#server/logs/log-line.js";
import { LogReader } from "#server/logs/log-reader.js";
import { readLog, type LogPage } from "#server/logs/read-log.js";

const READERS = 200;

describe("LogReader", () => {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "headwater-log-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads once for two hundred who follow a log, again when it has grown, and each gets every line", async () => {
    const file = join(folder, "1.log");
    let readings = 0;
    const reader = new LogReader((...args) => {
      readings += 1;
      return readLog(...args);
    });
    const offsets = Array.from({ length: READERS }, () => 0);
    const texts = offsets.map(() => "");
    const everybodyReads = async (): Promise<void> => {
      for (const [index, offset] of offsets.entries()) {
        const page = await reader.read(file, { offset, limit: 1000 });
        texts[index] += page.lines.map(({ text }) => `${text} `).join("");
        offsets[index] = page.nextOffset;
      }
    };
    await everybodyReads();
    for (const word of ["one", "two", "three"]) {
      appendFileSync(file, formatLogLine(0, "out", word));
      await everybodyReads();
      await everybodyReads();
    }
    await compressLog(file);
    await everybodyReads();
    assert.deepEqual(new Set(texts), new Set(["one two three "]));
    // Before there was a log, three times at the old end and at the new one, and once in the other form.
    assert.equal(readings, 1 + 3 * 2 + 1);
  });

  it("shares a reading that goes on, and forgets one that failed", async () => {
    const readings: { resolve(page: LogPage): void; reject(error: Error): void }[] = [];
    const reader = new LogReader(
      () => new Promise<LogPage>((resolve, reject) => readings.push({ resolve, reject })),
    );
    const ask = (): Promise<LogPage> => reader.read(join(folder, "1.log"), { offset: 0, limit: 1 });
    const [first, second] = [ask(), ask()];
    readings[0]?.reject(new RangeError("broken"));
    await assert.rejects(first, RangeError);
    await assert.rejects(second, RangeError);
    const third = ask();
    const page = { lines: [], nextOffset: 0, atEnd: true };
    readings[1]?.resolve(page);
    assert.deepEqual(await third, page);
    assert.equal(readings.length, 2);
  });
});
