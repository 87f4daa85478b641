import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "mocha";
import { parseBranchName, sortByNearness } from "#server/source/remote/branch-name.js";
import { GIT_ENVIRONMENT } from "#test/git-environment.js";

describe("parseBranchName()", () => {
  const names = [
    "main",
    "release/1.0",
    "a-b_c",
    "ünï",
    "a@b",
    "a@{b",
    "-x",
    "a..b",
    ".a",
    "a/.b",
    "a.",
    "a.lock",
    "a.lock/b",
    "a b",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[b",
    "a\\b",
    "/a",
    "a/",
    "a//b",
    "a\u007f",
  ];
  for (const name of names) {
    it(`agrees with git about ${JSON.stringify(name)}`, () => {
      assert.equal(isAccepted(name), isAcceptedByGit(name));
    });
  }
});

describe("sortByNearness()", () => {
  it("puts the name that was probably meant first", () => {
    assert.deepEqual(sortByNearness("mian", ["develop", "main", "maint"]), ["main", "maint", "develop"]);
    assert.deepEqual(sortByNearness("x", []), []);
  });

  it("compares some of a hundred thousand names, those that begin most as it does", () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `feature/${index}`);
    const near = sortByNearness("relaese", [...many, "release", "main"]);
    assert.deepEqual([near[0], near.length], ["release", 200]);
    assert.equal(sortByNearness("feature/7777x", many)[0], "feature/7777");
  });
});

function isAccepted(name: string): boolean {
  try {
    return parseBranchName(name) === name;
  } catch {
    return false;
  }
}

function isAcceptedByGit(name: string): boolean {
  try {
    execFileSync("git", ["check-ref-format", "--branch", name], { env: GIT_ENVIRONMENT, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
