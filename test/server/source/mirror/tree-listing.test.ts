import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseTreeListing } from "#server/source/mirror/tree-listing.js";

const ID = "a".repeat(40);

describe("parseTreeListing()", () => {
  it("keeps regular files, whatever their names hold", () => {
    const output = `100644 blob ${ID}      12\ta b\tc\nd.sql\x00100755 blob ${ID}       0\tbin/run.sh\0`;
    assert.deepEqual(parseTreeListing(output), {
      files: [
        { path: "a b\tc\nd.sql", blobId: ID, sizeBytes: 12, executable: false },
        { path: "bin/run.sh", blobId: ID, sizeBytes: 0, executable: true },
      ],
      skipped: [],
    });
  });

  it("does not leave out a file that is damaged", () => {
    const id = "d8263ee9860594d2806b0dfd1bfd17528b0ba2a4";
    assert.throws(() => parseTreeListing(`100644 blob ${id}     BAD\tq.sql\0`), { code: "git-failed" });
  });

  it("is empty for an empty tree", () => assert.deepEqual(parseTreeListing(""), { files: [], skipped: [] }));

  const skipped = [
    ["120000 blob", "link", "it is a symbolic link"],
    ["160000 commit", "module", "it is a submodule"],
    ["100664 blob", "old", "its mode is 100664"],
    ["100644 blob", "../up", "its path leads out of the tree"],
    ["100644 blob", "a/../../up", "its path leads out of the tree"],
    ["100644 blob", "/etc/passwd", "its path leads out of the tree"],
    ["100644 blob", "a/.Git/config", "its path leads out of the tree"],
    ["100644 blob", "./a", "its path leads out of the tree"],
    ["100644 blob", "é".repeat(128), "its name or its path is longer than a file system takes"],
    ["100644 blob", "a/".repeat(1501), "its path leads out of the tree"],
    ["100644 blob", `${"a/".repeat(1500)}b`, "its name or its path is longer than a file system takes"],
    ["100644 blob", "caf\uFFFD", "its name is not UTF-8"],
  ] as const;
  for (const [mode, path, reason] of skipped) {
    it(`leaves out ${mode} ${path}`, () => {
      const output = `${mode} ${ID} ${mode.startsWith("16") ? "      -" : "      1"}\t${path}\0`;
      assert.deepEqual(parseTreeListing(output), { files: [], skipped: [{ path, reason }] });
    });
  }
});
