import assert from "node:assert/strict";
import { compileProject, type Diagnostic } from "@headwater/workflow";
import { describe, it } from "mocha";
import { treeOfTexts } from "./findings-fixture.js";
import { MISTAKES, PROJECT, slipOf, type Texts } from "./seeded-mistakes.js";

describe("a mistake of an author", () => {
  it("is one of forty, in a project in which nothing is found", () => {
    assert.ok(MISTAKES.length >= 40);
    assert.deepEqual(compileProject(treeOfTexts(PROJECT)).diagnostics, []);
  });

  for (const mistake of MISTAKES) {
    it(`is found once, just where it is: ${mistake.title}`, () => {
      const { start, end, newText, marked } = slipOf(mistake);
      const text = PROJECT[mistake.file] ?? "";
      const texts = { ...PROJECT, [mistake.file]: text.slice(0, start) + newText + text.slice(end) };
      const { diagnostics } = compileProject(treeOfTexts(texts));
      const found = diagnostics.map(({ code, file, range }) => ({ code, file, text: marked(range) }));
      assert.deepEqual(found, [{ code: mistake.code, file: mistake.file, text: mistake.after }]);
      if (mistake.isMended) {
        assert.deepEqual(compileProject(treeOfTexts(mended(texts, diagnostics))).diagnostics, []);
      } else {
        assert.equal(diagnostics[0]?.fix, undefined, "what is mended says so");
      }
    });
  }
});

function mended(texts: Texts, diagnostics: readonly Diagnostic[]): Texts {
  const edits = diagnostics.flatMap(({ file, fix }) =>
    (fix?.edits ?? []).map((edit) => ({ ...edit, file: edit.file ?? file })),
  );
  const backwards = edits.toSorted((one, other) => other.range.start - one.range.start);
  return backwards.reduce((mending, { file, range, newText }) => {
    const text = mending[file] ?? "";
    return { ...mending, [file]: text.slice(0, range.start) + newText + text.slice(range.end) };
  }, texts);
}
