import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { compileProject, type Diagnostic } from "@headwater/workflow";
import { treeOfTexts } from "./findings-fixture.js";

const FIXTURES = new URL("../../../test/fixtures/mistakes/", import.meta.url);

interface Mistake {
  readonly title: string;
  readonly file: string;
  readonly before: string;
  /** With the marks around what is to be told of. */
  readonly after: string;
  readonly code: string;
  readonly isMended: boolean;
}

type Texts = Readonly<Record<string, string>>;

const PROJECT = readProject(readFileSync(new URL("project.txt", FIXTURES), "utf8"));
const MISTAKES = readMistakes(readFileSync(new URL("mistakes.txt", FIXTURES), "utf8"));

describe("a mistake of an author", () => {
  it("is one of forty, in a project in which nothing is found", () => {
    assert.ok(MISTAKES.length >= 40);
    assert.deepEqual(compileProject(treeOfTexts(PROJECT)).diagnostics, []);
  });

  for (const mistake of MISTAKES) {
    it(`is found once, just where it is: ${mistake.title}`, () => {
      const { texts, marked } = withMistake(mistake);
      const { diagnostics } = compileProject(treeOfTexts(texts));
      const found = diagnostics.map(({ code, file, range }) => ({ code, file, text: marked(file, range) }));
      assert.deepEqual(found, [{ code: mistake.code, file: mistake.file, text: mistake.after }]);
      if (mistake.isMended) {
        assert.deepEqual(compileProject(treeOfTexts(mended(texts, diagnostics))).diagnostics, []);
      } else {
        assert.equal(diagnostics[0]?.fix, undefined, "what is mended says so");
      }
    });
  }
});

function readProject(fixture: string): Texts {
  const sections = fixture.split(/^--- /m).slice(1);
  return Object.fromEntries(
    sections.map((section) => {
      const lineEnd = section.indexOf("\n");
      return [section.slice(0, lineEnd), section.slice(lineEnd + 1)];
    }),
  );
}

function readMistakes(fixture: string): readonly Mistake[] {
  return fixture
    .split(/^== /m)
    .slice(1)
    .map((section) => {
      const [head = "", ...lines] = section.trimEnd().split("\n");
      const [, title = "", file = ""] = /^(.*) \((.*)\)$/.exec(head) ?? [];
      const linesOf = (sign: string): string =>
        lines.flatMap((line) => (line.startsWith(`${sign} `) ? [line.slice(2)] : [])).join("\n");
      const [code = "", mend] = linesOf("=").split(" ");
      return { title, file, before: linesOf("-"), after: linesOf("+"), code, isMended: mend === "mended" };
    });
}

/** The project with the mistake, and how what stands at a place of it is written in the fixture. */
function withMistake({ file, before, after }: Mistake): {
  readonly texts: Texts;
  readonly marked: (file: string, range: Diagnostic["range"]) => string;
} {
  const text = PROJECT[file] ?? "";
  const at = text.indexOf(before);
  assert.ok(at >= 0 && at === text.lastIndexOf(before), "the text to replace stands once in the file");
  const plain = after.replaceAll(/[«»]/g, "");
  return {
    texts: { ...PROJECT, [file]: text.slice(0, at) + plain + text.slice(at + before.length) },
    marked: (_, { start, end }) =>
      `${plain.slice(0, start - at)}«${plain.slice(start - at, end - at)}»${plain.slice(end - at)}`,
  };
}

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
