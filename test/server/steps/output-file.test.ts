import assert from "node:assert/strict";
import { parseOutputs } from "#server/steps/output-file.js";

describe("parseOutputs()", () => {
  const declared = { rows: { name: "int" }, files: { name: "list", of: { name: "string" } } } as const;

  it("reads lines and blocks by their declared types, the last of two wins", () => {
    const text = 'rows=1\n\nfiles<<END\n["a=b",\n"c"]\nEND\nrows=2\r\n';
    assert.deepEqual(parseOutputs(text, declared), {
      outputs: { rows: 2, files: ["a=b", "c"] },
      retryable: true,
      undeclared: [],
      problems: [],
    });
  });

  it("understands retryable=false, and names what is not declared once", () => {
    const written = parseOutputs("retryable=false\nother=1\nother=2\n", declared);
    assert.deepEqual([written.retryable, written.undeclared], [false, ["other"]]);
  });

  it("names malformed lines, unfinished blocks and values of the wrong type", () => {
    assert.deepEqual(parseOutputs("rows=many\nhello\nfiles<<END\n[]", declared).problems, [
      'line 2 is not `name=value` or `name<<END`: "hello"',
      'the block of "files" that begins in line 3 has no line "END"',
      'output "rows" must be int, is "many"',
    ]);
  });
});
