import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { BegunAttempts } from "#server/runs/begun-attempts.js";

describe("BegunAttempts", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "headwater-begun-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("tells the next life of the service what the last one had begun, and nothing older", () => {
    const first = open();
    first.begin("run_1", "load[3].copy", 2);
    const second = open();
    assert.equal(second.hadBegun("run_1", { path: "load[3].copy", attempt: 2 }), true);
    assert.equal(second.hadBegun("run_1", { path: "load[3].copy", attempt: 1 }), false);
    assert.equal(second.hadBegun("run_2", { path: "load[3].copy", attempt: 2 }), false);
    assert.equal(open().hadBegun("run_1", { path: "load[3].copy", attempt: 2 }), false);
  });

  it("keeps the last ten thousand or more of very many", () => {
    const begun = open();
    for (let attempt = 1; attempt <= 20_001; attempt += 1) begun.begin("run", "step", attempt);
    const lines = readFileSync(join(folder, "begun-attempts"), "utf8").trimEnd().split("\n");
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [10_001, "run step 10001", "run step 20001"]);
  });

  it("goes on without a folder to write to", () => {
    const nowhere = new BegunAttempts(join(folder, "nowhere"));
    nowhere.open();
    nowhere.begin("run", "step", 1);
    assert.equal(nowhere.hadBegun("run", { path: "step", attempt: 1 }), false);
  });

  function open(): BegunAttempts {
    const begun = new BegunAttempts(folder);
    begun.open();
    return begun;
  }
});
