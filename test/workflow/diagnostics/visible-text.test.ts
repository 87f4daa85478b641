import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { renderDiagnostic } from "#workflow/diagnostics/render-diagnostic.js";
import { visibleLine, visibleText } from "#workflow/diagnostics/visible-text.js";

describe("visibleText()", () => {
  for (const [text, shown] of [
    ["a\u001b[31mred\u0007", "a\u241b[31mred\u2407"],
    ["\u0000\u007f\u009b", "\u2400\u2421<U+009B>"],
    ["turned \u202eround", "turned <U+202E>round"],
    ["a\tb\nc", "a\tb\nc"],
    ["Größe 東京 🙂", "Größe 東京 🙂"],
  ] as const) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () => {
      assert.equal(visibleText(text), shown);
    });
  }
});

describe("visibleLine()", () => {
  it("has no ends of lines either", () => {
    assert.equal(visibleLine("a\tb\r\n\nc\u001bd\u200be"), "a b c\u241bd<U+200B>e");
  });
});

describe("renderDiagnostic()", () => {
  it("lets nothing of a file speak to the terminal", () => {
    const text = 'workflow: "a\u001b[2J"\n';
    const finding = {
      code: "invalid-id",
      severity: "error",
      message: '"a\u001b[2J" is no id',
      file: "a\u0007.workflow.yaml",
      range: { start: 10, end: 17 },
      related: [{ message: "see \u001b[1m", file: "b.workflow.yaml", range: { start: 0, end: 1 } }],
      fix: { title: "Write \u001b[0m", edits: [] },
    } as const;
    const rendered = renderDiagnostic(finding, () => text);
    assert.ok(!rendered.includes("\u0007") && !rendered.includes("\u001b"), JSON.stringify(rendered));
    assert.match(rendered, /\n {2}\| {11}\^{7}\n/);
  });

  it("points below what it shows, wherever that is longer than what is written", () => {
    const text = 'name: "\u202eab" x\u200by\n';
    const range = { start: text.indexOf("x"), end: text.indexOf("y") + 1 };
    const finding = { code: "wrong-type", severity: "error", message: "", file: "a", range } as const;
    const [, shown = "", marks = ""] = renderDiagnostic(finding, () => text).split("\n");
    assert.equal(shown.slice(marks.indexOf("^"), marks.length), "x<U+200B>y");
  });
});
