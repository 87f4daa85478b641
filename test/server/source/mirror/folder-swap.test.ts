import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { LAST_TO_HAVE, listPutAside, swapIn, undoTornSwaps } from "#server/source/mirror/folder-swap.js";

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "headwater-swap-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe("swapIn()", () => {
  it("puts the new folder in the place of the old one, or where none was", async () => {
    for (const existing of [["a", "new"], ["new"], ["a", "a.old", "new"]]) {
      make(...existing);
      await swapIn(join(parent, "new"), join(parent, "a"));
      assert.deepEqual(there(), { a: "new" }, existing.join());
    }
  });

  it("leaves the old folder as it was when the new one cannot take its place", async () => {
    make("a");
    await assert.rejects(swapIn(join(parent, "new"), join(parent, "a")), { code: "ENOENT" });
    assert.deepEqual(there(), { a: "a" });
  });
});

describe("undoTornSwaps()", () => {
  it("brings back what a kill has left aside, unless its place is taken", async () => {
    make("a.old", "a.new", "b", "b.old", "c");
    await undoTornSwaps(parent);
    assert.deepEqual(there(), { a: "a.old", "a.new": "a.new", b: "b", c: "c" });
  });

  it("puts away what is marked as the last to have something, each time under another name", async () => {
    make("b");
    for (const name of ["old", "older"]) {
      mkdirSync(join(parent, "b.old"));
      writeFileSync(join(parent, "b.old", "made-as"), name);
      writeFileSync(join(parent, "b.old", LAST_TO_HAVE), "");
      await undoTornSwaps(parent);
    }
    assert.deepEqual(there(), { b: "b", "b.aside-1": "old", "b.aside-2": "older" });
    assert.deepEqual((await listPutAside(join(parent, "b"))).length, 2);
  });
});

/** Folders that hold the name they were made with. */
function make(...names: readonly string[]): void {
  rmSync(parent, { recursive: true });
  for (const name of names) {
    mkdirSync(join(parent, name), { recursive: true });
    writeFileSync(join(parent, name, "made-as"), name);
  }
}

function there(): Readonly<Record<string, string>> {
  const names = readdirSync(parent).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(parent, name, "made-as"), "utf8")]));
}
