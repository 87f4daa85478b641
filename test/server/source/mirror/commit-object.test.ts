import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseCommit } from "#server/source/mirror/commit-object.js";

const TREE = "a".repeat(40);

function check(head: string, message: string | Buffer, expected: Readonly<Record<string, unknown>>): void {
  const content = Buffer.concat([Buffer.from(`tree ${TREE}\n${head}\n\n`), Buffer.from(message)]);
  const commit = parseCommit(content);
  assert.deepEqual({ ...commit, ...expected }, commit);
}

describe("parseCommit()", () => {
  const person = "Ada Lovelace <ada@example.org> 1764000000 +0100";

  it("reads the tree, the author, who committed it, the time of the commit and the subject", () =>
    check(
      `parent ${"b".repeat(40)}\nauthor ${person}\ncommitter Grace <g@example.org> 1764000100 -0500`,
      "Load orders\n\nBecause they come late.\n",
      {
        treeId: TREE,
        parents: ["b".repeat(40)],
        author: "Ada Lovelace",
        committer: "Grace",
        subject: "Load orders",
        committedAt: 1_764_000_100_000,
      },
    ));

  it("knows all parents of a merge, and none of a first commit", () => {
    const [one, other] = ["b".repeat(40), "c".repeat(40)];
    check(`parent ${one}\nparent ${other}\nauthor ${person}`, `A\n\nparent ${TREE}\n`, {
      parents: [one, other],
    });
    check(`author ${person}`, "A\n", { parents: [] });
  });

  it("makes one line of the first paragraph", () =>
    check(`author ${person}`, "\n\nLoad\norders  \n \nThe rest\n", { subject: "Load orders" }));

  it("is not misled by what stands in a signature or in the message", () =>
    check(
      `author ${person}\ngpgsig -----BEGIN\n author Eve <e@e> 1 +0000\n\n -----END`.replace("\n\n", "\n \n"),
      "Subject\n\nauthor Eve <e@e> 1 +0000\n",
      { author: "Ada Lovelace", subject: "Subject", isSigned: true },
    ));

  it("reads the encoding that the commit names, and what it can of one that there is not", () => {
    check("author A <a@a> 1 +0000\nencoding ISO-8859-1", Buffer.from("Größe\n", "latin1"), {
      subject: "Größe",
    });
    check("author Ü <a@a> 1 +0000\nencoding never-heard-of", "Größe\n", { author: "Ü", subject: "Größe" });
  });

  it("makes the best of a commit that is none", () => {
    const [words, nobody] = [
      { subject: "", committedAt: 0 },
      { author: "", committer: "" },
    ];
    const nothing = { treeId: "", parents: [], isSigned: false, ...nobody, ...words };
    assert.deepEqual(parseCommit(Buffer.from("")), nothing);
    assert.deepEqual(parseCommit(Buffer.from("\n\n\n")), nothing);
    check("author <a@a>\ncommitter nobody", "", { author: "", subject: "", committedAt: 0 });
  });
});
