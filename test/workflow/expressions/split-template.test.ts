import assert from "node:assert/strict";
import { describe, test } from "mocha";
import { splitTemplate } from "@headwater/workflow";

describe("splitTemplate()", () => {
  /** Text, its parts with expressions in «», and what its problems are about. */
  const table: readonly (readonly [string, string, string?])[] = [
    ["plain", "plain"],
    ["", ""],
    ["${{ a }}", "«a»"],
    ["x ${{ a }} y ${{b}}", "x «a» y «b»"],
    ['${{ m["}}"] }}', '«m["}}"]»'],
    ["${{ '\\'}}' }}!", "«'\\'}}'»!"],
    ["${{ r'\\' }}!", "«r'\\'»!"],
    ['${{ """a"}}b""" }}!', '«"""a"}}b"""»!'],
    ['${{ {"a": {"b": 1}} }}', '«{"a": {"b": 1}}»'],
    ["${{}}", "«»", "${{}}"],
    ["a ${{ b", "a ${{ b", "${{ b"],
    ["${{ 'open }} c", "${{ 'open }} c", "${{ 'open }} c"],
    ["$${{ a }}}", "$«a»}"],
    ["${ a } {{ b }}", "${ a } {{ b }}"],
  ];
  for (const [text, expected, culprit] of table) {
    test(`takes ${JSON.stringify(text)} apart`, () => {
      const { parts, problems } = splitTemplate(text);
      const shown = parts.map((part) => (part.kind === "text" ? part.text : `«${part.source}»`)).join("");
      assert.equal(shown, expected);
      assert.deepEqual(
        problems.map(({ start, end }) => text.slice(start, end)),
        culprit === undefined ? [] : [culprit],
      );
      for (const part of parts) {
        assert.equal(text.slice(part.start, part.end), part.kind === "text" ? part.text : part.source);
      }
    });
  }

  test("takes time in proportion to the text", () => {
    const startedAt = performance.now();
    splitTemplate("${{ '".repeat(50_000));
    splitTemplate("${{ a }}".repeat(30_000));
    assert.ok(performance.now() - startedAt < 2000);
  });
});
