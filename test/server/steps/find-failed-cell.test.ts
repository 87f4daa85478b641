import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { findFailedCell } from "#server/steps/find-failed-cell.js";

describe("findFailedCell()", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-cell-"));
  const file = join(folder, "1.ipynb");
  after(() => rmSync(folder, { recursive: true }));

  it("reads a large notebook while the service goes on", async function () {
    this.timeout(60_000);
    const plain = { execution_count: 1, outputs: [{ output_type: "stream", text: "x" }] };
    const failed = { execution_count: 9, outputs: [{ output_type: "error", ename: "Bad", evalue: "no" }] };
    const text = JSON.stringify({ cells: [...Array.from({ length: 150_000 }, () => plain), failed] });
    writeFileSync(file, text);
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    assert.equal(await findFailedCell(file), "cell 9: Bad: no");
    clearInterval(turning);
    assert.ok(turns > 10, `${turns} turns while it was read`);
  });

  it("knows nothing of what is no notebook, or is not there", async () => {
    writeFileSync(file, "nonsense");
    assert.equal(await findFailedCell(file), null);
    assert.equal(await findFailedCell(join(folder, "none")), null);
  });
});
