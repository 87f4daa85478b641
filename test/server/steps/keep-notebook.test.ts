import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepNotebook } from "#server/steps/keep-notebook.js";

const FAILED = JSON.stringify({
  cells: [{ execution_count: 7, outputs: [{ output_type: "error", ename: "KeyError", evalue: "'rows'" }] }],
});

describe("keepNotebook()", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-notebook-"));
  const [executed, logFile] = [join(folder, "executed.ipynb"), join(folder, "logs/1.log")];
  after(() => rmSync(folder, { recursive: true }));

  it("tells the cell only when the attempt has failed", async () => {
    writeFileSync(executed, FAILED);
    const notebook = { executed, logFile, now: 0 };
    assert.equal(await keepNotebook({ ...notebook, hasFailed: true }), "cell 7: KeyError: 'rows'");
    assert.equal(await keepNotebook({ ...notebook, hasFailed: false }), null);
    assert.equal(readFileSync(join(folder, "logs/1.ipynb"), "utf8"), FAILED);
  });

  it("keeps a large one whole and an empty one, and reads neither", async () => {
    const large = FAILED + " ".repeat(32 * 1024 * 1024);
    for (const text of [large, ""]) {
      writeFileSync(executed, text);
      assert.equal(await keepNotebook({ executed, logFile, hasFailed: true, now: 0 }), null);
      assert.equal(readFileSync(join(folder, "logs/1.ipynb"), "utf8"), text);
    }
  });

  it("says of one over the limit that it is not kept, and reads nothing of it", async () => {
    writeFileSync(executed, FAILED);
    truncateSync(executed, 100 * 1024 * 1024 + 1);
    assert.equal(await keepNotebook({ executed, logFile, hasFailed: true, now: 0 }), null);
    assert.match(readFileSync(logFile, "utf8"), /not kept, 104857601 bytes are over the limit of 104857600/);
  });
});
