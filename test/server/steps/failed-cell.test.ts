import assert from "node:assert/strict";
import { failedCell } from "#server/steps/failed-cell.js";

describe("failedCell()", () => {
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
    it(`tells what failed ${name}`, () => {
      assert.equal(failedCell(JSON.stringify(notebook)), expected);
    });
  }

  it("tells nothing of one that is empty, or was cut off", () => {
    assert.equal(failedCell(""), null);
    assert.equal(failedCell('{"cells": ['), null);
  });
});
