import assert from "node:assert/strict";
import { lineIndex, renderDiagnostic } from "@headwater/workflow";

describe("lineIndex()", () => {
  it("counts lines and columns from 1, whatever ends a line", () => {
    const index = lineIndex("a\nbc\r\n\rd");
    const positions = [0, 1, 2, 4, 6, 7, 99].map((offset) => index.positionAt(offset));
    const expected = [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 3],
      [3, 1],
      [4, 1],
      [4, 2],
    ];
    assert.deepEqual(
      positions,
      expected.map(([line, column]) => ({ line, column })),
    );
    assert.deepEqual([index.lineText(2), index.lineText(4), index.lineText(9)], ["bc", "d", ""]);
  });
});

describe("renderDiagnostic()", () => {
  const diagnostic = {
    code: "unknown-key",
    severity: "error",
    message: "Unknown key",
    file: "a.yaml",
  } as const;

  it("prints the line with the culprit underlined", () => {
    const text = "first: 1\nsecond: 2\n";
    assert.equal(
      renderDiagnostic({ ...diagnostic, range: { start: 9, end: 15 } }, () => text),
      "a.yaml:2:1 error unknown-key: Unknown key\n2 | second: 2\n  | ^^^^^^",
    );
  });

  it("shows no line of a file that has none", () =>
    assert.equal(
      renderDiagnostic({ ...diagnostic, range: { start: 0, end: 0 } }, () => ""),
      "a.yaml:1:1 error unknown-key: Unknown key",
    ));

  it("cuts a line that would flood the terminal, and survives a range outside of the text", () => {
    const long = renderDiagnostic({ ...diagnostic, range: { start: 5000, end: 9000 } }, () =>
      "x".repeat(10_000),
    );
    assert.ok(long.split("\n").every((line) => line.length < 200));
    assert.match(
      renderDiagnostic({ ...diagnostic, range: { start: 50, end: 60 } }, () => "short"),
      /1 \| short/,
    );
  });

  it("tells where each place is that has to do with it, ten at most", () => {
    const texts: Readonly<Record<string, string>> = { "a.yaml": "one\n", "b.yaml": "\n  two\n" };
    const place = { message: "here", file: "b.yaml", range: { start: 3, end: 6 } };
    const render = (count: number): readonly string[] =>
      renderDiagnostic(
        { ...diagnostic, range: { start: 0, end: 3 }, related: Array.from({ length: count }, () => place) },
        (file) => texts[file] ?? "",
      ).split("\n");
    assert.deepEqual(render(1).slice(3), ["  = b.yaml:2:3 here"]);
    assert.deepEqual(render(5000).slice(12), ["  = b.yaml:2:3 here", "  = and 4990 more"]);
  });
});
