import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Recent } from "#server/review/compiler/recent.js";
import {
  changeBetween,
  changedPaths,
  changedTree,
  EMPTY_TREE,
  sourceTreeOf,
  type SentTree,
} from "#server/review/compiler/tree-change.js";
import { fileTreeOf } from "../file-tree.js";

describe("what a tree is told by to the process that compiles", () => {
  const trees = [
    fileTreeOf({ "a.sh": "1", "b.sh": "2" }, ["a.sh"]),
    fileTreeOf({ "a.sh": "1", "b.sh": "3" }, ["a.sh"]),
    fileTreeOf({ "a.sh": "1", "b.sh": "3" }, ["b.sh"]),
    fileTreeOf({ "0.sh": "1", "b.sh": "3" }),
    fileTreeOf({}),
  ].map(({ files }) => files);

  it("makes each tree of each other one, and of nothing", () => {
    for (const before of [null, ...trees]) {
      for (const after of trees) {
        const first = before === null ? EMPTY_TREE : changedTree(EMPTY_TREE, changeBetween(null, before));
        const made = changedTree(first, changeBetween(before, after));
        assert.deepEqual(made, changedTree(EMPTY_TREE, changeBetween(null, after)));
        assert.deepEqual(made.paths, after.paths);
        const { contentId, isExecutable } = sourceTreeOf(made, new Map());
        for (const path of ["0.sh", "a.sh", "b.sh"]) {
          assert.equal(contentId(path), after.blobs.get(path));
          assert.equal(isExecutable?.(path), after.blobs.has(path) ? after.executables.has(path) : undefined);
        }
      }
    }
  });

  it("is what is other alone", () => {
    const [first, second] = trees;
    assert.ok(first !== undefined && second !== undefined);
    const change = changeBetween(first, second);
    assert.deepEqual(changedPaths(change), ["b.sh"]);
    assert.deepEqual(changeBetween(second, second).files, []);
    const tree: SentTree = changedTree(EMPTY_TREE, changeBetween(null, first));
    // Nothing is sorted or copied for it.
    assert.equal(changedTree(tree, change).paths, tree.paths);
    assert.equal(changedTree(tree, changeBetween(first, first)), tree);
  });

  it("is taken for no other tree than the one that it is of", () => {
    const [first, second, third] = trees;
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const tree = changedTree(EMPTY_TREE, changeBetween(null, first));
    assert.throws(() => changedTree(tree, changeBetween(second, third)), { code: "out-of-step" });
    assert.throws(() => changedTree(tree, changeBetween(null, third)), { code: "out-of-step" });
  });

  it("is of one of the last eight repositories on both ends", () => {
    const recent = new Recent<number>();
    for (let number = 0; number < 8; number += 1) recent.set(`r${number}`, number);
    recent.set("r0", 10);
    recent.set("r8", 8);
    assert.deepEqual(
      [recent.get("r0"), recent.get("r1"), recent.get("r2"), recent.get("r8")],
      [10, undefined, 2, 8],
    );
  });
});
