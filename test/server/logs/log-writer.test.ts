import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogWriter } from "#server/logs/log-writer.js";

const KIB = 1024;

describe("LogWriter", () => {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "headwater-log-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function written(
    chunks: readonly (readonly ["out" | "err", string | Buffer])[],
    options: { readonly maxBytes?: number; readonly masks?: readonly string[] } = {},
  ): string {
    const file = join(folder, "run", "1.log");
    const log = new LogWriter({
      file,
      maxBytes: options.maxBytes ?? 1024 * KIB,
      masks: options.masks ?? [],
      now: () => 0,
    });
    for (const [stream, chunk] of chunks) log.write(stream, Buffer.from(chunk));
    log.end();
    return existsSync(file) ? readFileSync(file, "utf8").replaceAll("1970-01-01T00:00:00.000Z ", "") : "none";
  }

  it("makes no file for an attempt that says nothing", () => assert.equal(written([]), "none"));

  it("labels each line with its stream, whatever chunks it came in", () => {
    const chunks = [
      ["out", "on"],
      ["err", "oops\n"],
      ["out", "e\r\ntwo\nthr"],
      ["out", "ee"],
    ] as const;
    assert.equal(written(chunks), "err oops\nout one\nout two\nout three\n");
  });

  it("repairs bytes that are no text, and keeps characters that are cut by chunks", () => {
    const [first, second] = [Buffer.from("ü").subarray(0, 1), Buffer.from("ü").subarray(1)];
    const chunks = [
      ["out", first],
      ["out", second],
      ["out", Buffer.from([0xff])],
      ["out", "\n"],
    ] as const;
    assert.equal(written(chunks), "out ü\ufffd\n");
  });

  it("masks secrets that are cut by chunks, and each line of a secret of several lines", () => {
    const chunks = [
      ["out", "key hun"],
      ["out", "ter2!\nline-one\n"],
      ["out", "line-two\n{\n"],
    ] as const;
    assert.equal(
      written(chunks, { masks: ["hunter2", "{\nline-one\nline-two"] }),
      "out key ***!\nout ***\nout ***\nout {\n",
    );
  });

  it("splits a line that never ends, and masks a secret where it is split", () => {
    const text = `${"a".repeat(64 * KIB - 3)}hunter2${"b".repeat(200 * KIB)}`;
    const chunks = Array.from({ length: Math.ceil(text.length / 1000) }, (_, index) => {
      return ["out", text.slice(index * 1000, index * 1000 + 1000)] as const;
    });
    const lines = written(chunks, { masks: ["hunter2"] })
      .trimEnd()
      .split("\n");
    assert.ok(lines.every((line) => line.length <= 64 * KIB + "out ".length));
    const expected = text.replace("hunter2", "***");
    assert.equal(lines.map((line) => line.slice("out ".length)).join(""), expected);
  });

  it("keeps the head and the tail of a long log, and says what is lost between", () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}`);
    const chunks = lines.map((line) => ["out", `${line}\n`] as const);
    const text = written(chunks, { maxBytes: 256 * KIB });
    const kept = text.trimEnd().split("\n");
    const notice = kept.findIndex((line) => line.startsWith("sys dropped "));
    assert.equal(kept[0], "out line 0");
    assert.equal(kept.at(-1), "out line 99999");
    assert.deepEqual(
      kept.slice(0, notice),
      lines.slice(0, notice).map((line) => `out ${line}`),
    );
    const tail = kept.slice(notice + 1);
    assert.deepEqual(
      tail,
      lines.slice(-tail.length).map((line) => `out ${line}`),
    );
    const lost = lines.slice(notice, -tail.length).reduce((size, line) => size + line.length + 1, 0);
    assert.match(kept[notice] ?? "", new RegExp(`dropped ${lost} bytes`));
    assert.ok(readFileSync(join(folder, "run", "1.log")).length <= 257 * KIB);
  });
});
