import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failedCell } from "#server/steps/failed-cell.js";

describe("failedCell()", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-notebook-"));
  after(() => rmSync(folder, { recursive: true }));

  const error = { output_type: "error", ename: "KeyError", evalue: "'rows'" };
  for (const { name, notebook, expected } of [
    {
      name: "by the number that Jupyter shows",
      notebook: { cells: [{}, { execution_count: 7, outputs: [{}, error] }] },
      expected: "cell 7: KeyError: 'rows'",
    },
    {
      name: "by its place where it has no number",
      notebook: { cells: [{}, { execution_count: null, outputs: [error] }] },
      expected: "cell 2: KeyError: 'rows'",
    },
    { name: "as none where none has", notebook: { cells: [{ outputs: [] }] }, expected: null },
    { name: "as none in what is no notebook", notebook: [1, null, "cells"], expected: null },
  ]) {
    it(`tells what failed ${name}`, async () => {
      const file = join(folder, "executed.ipynb");
      writeFileSync(file, JSON.stringify(notebook));
      assert.equal(await failedCell(file), expected);
    });
  }

  it("tells nothing of a file that is not there, or was cut off", async () => {
    assert.equal(await failedCell(join(folder, "missing")), null);
    writeFileSync(join(folder, "cut"), '{"cells": [');
    assert.equal(await failedCell(join(folder, "cut")), null);
  });
});
