import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseParams } from "#cli/params.js";

describe("parseParams()", () => {
  it("reads JSON as JSON and everything else as text", () => {
    assert.deepEqual(
      parseParams(["limit=10", "date=2026-03-02", 'on="10"', "list=[1,2]", "url=a=b", "none="]),
      {
        limit: 10,
        date: "2026-03-02",
        on: "10",
        list: [1, 2],
        url: "a=b",
        none: "",
      },
    );
  });

  it("refuses what has no name", () => {
    for (const pair of ["=1", "limit"]) assert.throws(() => parseParams([pair]), { code: "usage" });
  });
});
