import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "mocha";
import { readOutputFile } from "#server/steps/read-output-file.js";

describe("readOutputFile()", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-output-"));
  after(() => rmSync(folder, { recursive: true }));

  it("reads a file, and takes a missing one for no outputs", async () => {
    writeFileSync(join(folder, "plain"), "rows=5\n");
    assert.deepEqual(await readOutputFile(join(folder, "plain")), { kind: "text", text: "rows=5\n" });
    assert.deepEqual(await readOutputFile(join(folder, "missing")), { kind: "text", text: "" });
  });

  it("refuses what could hold it up: a FIFO, a link to an endless device, a folder", async () => {
    execFileSync("mkfifo", [join(folder, "fifo")]);
    symlinkSync("/dev/zero", join(folder, "link"));
    mkdirSync(join(folder, "folder"));
    for (const name of ["fifo", "link", "folder"]) {
      const file = await readOutputFile(join(folder, name));
      assert.equal(file.kind, "refused", name);
    }
  });

  it("refuses a file over the limit and takes one at it", async () => {
    writeFileSync(join(folder, "full"), "x".repeat(1024 * 1024));
    writeFileSync(join(folder, "over"), "x".repeat(1024 * 1024 + 1));
    assert.equal((await readOutputFile(join(folder, "full"))).kind, "text");
    const over = await readOutputFile(join(folder, "over"));
    assert.match(over.kind === "refused" ? over.message : "", /1048577 bytes, limit is 1048576/);
  });
});
