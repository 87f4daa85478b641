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

  it("tells the next life of the service what the last one had begun", () => {
    const first = open();
    first.begin("run_1", "load[3].copy", 2);
    const second = open();
    assert.equal(second.hadBegun("run_1", { path: "load[3].copy", attempt: 2 }), true);
    assert.equal(second.hadBegun("run_1", { path: "load[3].copy", attempt: 1 }), false);
    assert.equal(second.hadBegun("run_2", { path: "load[3].copy", attempt: 2 }), false);
  });

  it("tells it again to a life after one that was killed before it could use it, and not after it was used", () => {
    open().begin("run_1", "first", 1);
    const second = open();
    second.begin("run_1", "second", 1);
    const third = open();
    third.begin("run_1", "third", 1);
    const has = (begun: BegunAttempts): readonly string[] =>
      ["first", "second", "third"].filter((path) => begun.hadBegun("run_1", { path, attempt: 1 }));
    assert.deepEqual(has(third), ["first", "second"]);
    third.forgetBefore();
    assert.deepEqual(has(third), []);
    assert.deepEqual(has(open()), ["third"]);
  });

  it("keeps the last ten thousand or more of very many", () => {
    const begun = open();
    begun.forgetBefore();
    for (let attempt = 1; attempt <= 20_001; attempt += 1) begun.begin("run", "step", attempt);
    const lines = readFileSync(join(folder, "begun-attempts"), "utf8").trimEnd().split("\n");
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [10_001, "run step 10001", "run step 20001"]);
  });

  it("keeps those of the life before beside ten thousand of its own", () => {
    const first = open();
    first.forgetBefore();
    first.begin("run", "before", 1);
    const second = open();
    for (let attempt = 1; attempt <= 20_000; attempt += 1) second.begin("run", "step", attempt);
    assert.equal(open().hadBegun("run", { path: "before", attempt: 1 }), true);
  });

  it("goes on without a folder to write to", () => {
    const nowhere = new BegunAttempts(join(folder, "nowhere"));
    nowhere.open();
    nowhere.begin("run", "step", 1);
    nowhere.forgetBefore();
    assert.equal(nowhere.hadBegun("run", { path: "step", attempt: 1 }), false);
  });

  function open(): BegunAttempts {
    const begun = new BegunAttempts(folder);
    begun.open();
    return begun;
  }
});
