import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { HeavyHeads } from "#server/review/heavy-heads.js";
import { refusal } from "#server/review/verdict.js";

const HEAD = { repositoryId: "r", treeId: "t", isTrusted: false };
const VERDICT = refusal("too much", "Too much.");
const HEAVY = { verdict: VERDICT, base: null };

describe("HeavyHeads", () => {
  it("are remembered for an hour, of whoever may write apart", () => {
    let now = 0;
    const heads = new HeavyHeads({ steady: () => now });
    heads.add(HEAD, HEAVY);
    now = 3_599_999;
    assert.equal(heads.find(HEAD, "b"), VERDICT);
    assert.equal(heads.find({ ...HEAD, isTrusted: true }, "b"), null);
    assert.equal(heads.find({ ...HEAD, treeId: "u" }, "b"), null);
    now += 1;
    assert.equal(heads.find(HEAD, "b"), null);
  });

  it("are remembered with the head of the branch where it is too much for that", () => {
    const heads = new HeavyHeads({ steady: () => 0 });
    heads.add(HEAD, { verdict: VERDICT, base: "b" });
    assert.equal(heads.find(HEAD, "b"), VERDICT);
    assert.equal(heads.find(HEAD, "c"), null);
  });

  it("are ten thousand at most, the newest ones", () => {
    const heads = new HeavyHeads({ steady: () => 0 });
    for (let tree = 0; tree <= 10_000; tree += 1) heads.add({ ...HEAD, treeId: `${tree}` }, HEAVY);
    assert.equal(heads.find({ ...HEAD, treeId: "0" }, "b"), null);
    assert.equal(heads.find({ ...HEAD, treeId: "1" }, "b"), VERDICT);
    assert.equal(heads.find({ ...HEAD, treeId: "10000" }, "b"), VERDICT);
  });
});
