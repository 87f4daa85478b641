import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPlainFile } from "#server/plain-file.js";

describe("openPlainFile()", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-plain-"));
  after(() => rmSync(folder, { recursive: true }));

  it("opens a file and says how large it is, and tells one that is not there", async () => {
    writeFileSync(join(folder, "plain"), "rows");
    const found = await openPlainFile(join(folder, "plain"));
    assert.equal(found.kind, "open");
    if (found.kind === "open") {
      assert.equal(found.sizeBytes, 4);
      await found.file.close();
    }
    assert.deepEqual(await openPlainFile(join(folder, "missing")), { kind: "missing" });
  });

  it("says of a FIFO, a folder, a device and links to files what they are, and waits for none", async () => {
    execFileSync("mkfifo", [join(folder, "fifo")]);
    mkdirSync(join(folder, "folder"));
    symlinkSync(join(folder, "plain"), join(folder, "link"));
    for (const path of [join(folder, "fifo"), join(folder, "folder"), "/dev/zero"])
      assert.deepEqual(
        await openPlainFile(path),
        { kind: "refused", problem: "it is not a plain file" },
        path,
      );
    assert.deepEqual(await openPlainFile(join(folder, "link")), {
      kind: "refused",
      problem: "it is a symbolic link, not a file",
    });
  });
});
