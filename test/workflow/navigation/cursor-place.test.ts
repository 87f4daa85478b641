import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { cursorPlaceAt, type YamlPath } from "#workflow/navigation/cursor-place.js";
import { parseYamlText } from "#workflow/syntax/parse-yaml.js";
import type { MapEntry, SyntaxNode } from "#workflow/syntax/syntax-node.js";

/** `|` is the cursor. */
function placeIn(marked: string): string {
  const offset = marked.indexOf("|");
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const { path, role, prefix, word, siblings, isFlow, isComment } = cursorPlaceAt(text, offset);
  const facts = [
    `${role} ${path.join("/")}`,
    JSON.stringify(prefix),
    ...(text.slice(word.start, word.end) === prefix ? [] : [`of ${text.slice(word.start, word.end)}`]),
    ...(siblings.length > 0 ? [`beside ${siblings.join(" ")}`] : []),
    ...(isFlow ? ["flow"] : []),
    ...(isComment ? ["comment"] : []),
  ];
  return facts.join(", ");
}

const CASES: readonly (readonly [text: string, place: string])[] = [
  ["|", `key , ""`],
  ["work|", `key , "work"`],
  ["|\nworkflow: a\n", `key , "", beside workflow`],
  ["\n|workflow: a\n", `key , "", of workflow`],
  ["workflow: a\n|", `key , "", beside workflow`],
  ["workflow: a\ntri|\nsteps:\n  a: { noop: {} }\n", `key , "tri", beside workflow steps`],
  ["steps:\n  a:\n    |", `key steps/a, ""`],
  ["steps:\n  a:\n    run: x\n    ne|\n  b:\n    run: y\n", `key steps/a, "ne", beside run`],
  ["steps:\n  a:\n    run: x\n  |\n  b:\n    run: y\n", `key steps, "", beside a b`],
  ["steps:\n  a:\n    ne|eds: [b]\n    run: x\n", `key steps/a, "ne", of needs, beside run`],
  ["steps:\n  a:\n    require: any|\n", `value steps/a/require, "any"`],
  ["steps:\n  a:\n    require: |\n    run: x\n", `value steps/a/require, ""`],
  ["steps:\n  a:\n    needs:\n      - b\n      - c|\n", `value steps/a/needs/1, "c"`],
  ["steps:\n  a:\n    needs:\n    - b\n    - |\n", `value steps/a/needs/1, ""`],
  ["steps:\n  a:\n    needs: [b, c|]\n", `value steps/a/needs/1, "c", flow`],
  ["steps:\n  a:\n    needs: [|", `value steps/a/needs/0, "", flow`],
  ["steps:\n  a: { run: x, ne|, if: y }\n", `key steps/a, "ne", beside run if, flow`],
  ["steps:\n  a: { sql: { connection: d| } }\n", `value steps/a/sql/connection, "d", flow`],
  ["triggers:\n  - schedule: x\n    tim|\n  - signal: y\n", `key triggers/0, "tim", beside schedule`],
  ["triggers:\n  - schedule: x\n  - sig|\n", `value triggers/1, "sig"`],
  ["triggers:\n- schedule: x\n- signal: y\n  ma|\n", `key triggers/1, "ma", beside signal`],
  [
    "steps:\n  a:\n    wait_for:\n      - { signal: a, ma| }\n",
    `key steps/a/wait_for/0, "ma", beside signal, flow`,
  ],
  [
    "steps:\n  a:\n    foreach: { x: [1] }\n    steps:\n      b:\n        env:\n          D: ${{ each.| }}\n",
    `value steps/a/steps/b/env/D, "\${{ each."`,
  ],
  ["# a com|ment\n", `key , "", of ment, comment`],
  ["steps:\n  a:\n    run: echo # say|\n", `value steps/a/run, "echo # say", comment`],
  ["steps:\n  a:\n    env: {\n      A: 1,\n      B|\n    }\n", `key steps/a/env, "B", beside A, flow`],
  ["a: 1\r\nb: |\r\n", `value b, ""`],
];

/** Each key of a tree with the path of its map. */
function keysOf(node: SyntaxNode, path: YamlPath = []): readonly (readonly [YamlPath, MapEntry])[] {
  if (node.kind === "list") return node.items.flatMap((item, index) => keysOf(item, [...path, index]));
  if (node.kind === "scalar") return [];
  return node.entries.flatMap((entry): readonly (readonly [YamlPath, MapEntry])[] => [
    [path, entry],
    ...keysOf(entry.value, [...path, entry.key]),
  ]);
}

const fixtures = join(import.meta.dirname, "..", "..", "..", "fixtures");
const FILES = readdirSync(fixtures, { recursive: true, encoding: "utf8" })
  .filter((path) => /^(language|maestro|projects)\/.*\.yaml$/.test(path))
  // Aliases stand elsewhere than their values.
  .filter((path) => !/[:-] \*\w/.test(readFileSync(join(fixtures, path), "utf8")));

describe("cursorPlaceAt()", () => {
  it("finds files to agree about", () => assert.ok(FILES.length > 30));

  for (const path of FILES) {
    it(`agrees with the parser on every key of ${path}`, () => {
      const text = readFileSync(join(fixtures, path), "utf8");
      const findings: unknown[] = [];
      const { root } = parseYamlText(text, (finding) => findings.push(finding));
      if (root === null || findings.length > 0) return;
      const wrong = keysOf(root).flatMap(([expected, { key, keyRange }]) => {
        const place = cursorPlaceAt(text, keyRange.end);
        const isSame = place.role === "key" && JSON.stringify(place.path) === JSON.stringify(expected);
        return isSame ? [] : [`${expected.join("/")} > ${key}: ${place.role} ${place.path.join("/")}`];
      });
      assert.deepEqual(wrong, []);
    });
  }

  for (const [text, place] of CASES) {
    it(`knows ${JSON.stringify(text)}`, () => assert.equal(placeIn(text), place));
  }
});
