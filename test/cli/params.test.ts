import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { parseChoices, readParamsFile } from "#cli/backfill-choices.js";
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

  it("refuses numbers that would be others, and takes them as text", () => {
    for (const pair of ["id=12345678901234567890", 'list=[1,{"id":9007199254740993}]'])
      assert.throws(() => parseParams([pair]), {
        code: "usage",
        message: /^Cannot take "(?:id|list)": .*2\^53/,
      });
    assert.deepEqual(parseParams(['id="12345678901234567890"', "far=1e300"]), {
      id: "12345678901234567890",
      far: 1e300,
    });
    assert.deepEqual(parseParams(["name=order 12345678901234567890"]), {
      name: "order 12345678901234567890",
    });
  });
});

describe("choices of a backfill", () => {
  it("are refused where a number would be another one: in a list, at an end of a range, in a file", async () => {
    for (const pair of [
      "id=1,12345678901234567890",
      "id=1..12345678901234567890",
      "id=[12345678901234567890]",
    ])
      assert.throws(() => parseChoices([pair]), { code: "usage", message: /^Cannot take "id": 1234.*2\^53/ });
    assert.deepEqual(parseChoices(["id=1..3"]), { id: { from: 1, to: 3 } });
    const folder = mkdtempSync(join(tmpdir(), "headwater-params-"));
    try {
      writeFileSync(join(folder, "params"), '{"id":1}\n{"id":12345678901234567890}\n');
      await assert.rejects(readParamsFile("params", folder), {
        code: "usage",
        message: /"params" line 2: 1234.*2\^53/,
      });
      writeFileSync(join(folder, "params"), '[{"id":"12345678901234567890"}]');
      assert.deepEqual(await readParamsFile("params", folder), [{ id: "12345678901234567890" }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
