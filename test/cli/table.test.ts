import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { plain, renderTable } from "#cli/table.js";

describe("renderTable()", () => {
  it("makes columns as wide as their widest cell, colours not counted", () => {
    assert.equal(
      renderTable(
        ["STEP", "STATE"],
        [
          ["a", "\u001b[32mok\u001b[39m"],
          ["longer", "failed"],
        ],
      ),
      "STEP    STATE\na       \u001b[32mok\u001b[39m\nlonger  failed\n",
    );
  });

  it("never draws a line wider than the terminal", () => {
    for (const columns of [10, 20, 33, 80]) {
      const text = renderTable(
        ["STEP", "STATE", "NOTE"],
        [["extract", "succeeded", "x".repeat(200)]],
        columns,
      );
      for (const line of text.trimEnd().split("\n")) assert.ok(line.length <= columns, `${columns}: ${line}`);
    }
  });

  it("shows titles when there are no rows", () => assert.equal(renderTable(["A", "B"], []), "A  B\n"));
});

describe("plain()", () => {
  it("leaves nothing that moves a cursor, recolours or breaks a line", () => {
    assert.equal(plain("a\u001b[2Jb\u001b]0;title\u0007c\r\nd\u009be"), "abc d<U+009B>e");
  });
});
