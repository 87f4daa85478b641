import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { missingOutputs } from "#server/steps/missing-outputs.js";
import { parseOutputs } from "#server/steps/output-file.js";

describe("missingOutputs()", () => {
  const cases: readonly (readonly [declared: string, written: string, words: string | null])[] = [
    ["", "", null],
    ["n", "n=1\nother=2", null],
    ["n", "", 'Output "n" is missing: write with echo "n=…" >> "$HEADWATER_OUTPUT"'],
    [
      "n rows",
      "N=1\nrow=2",
      'Outputs "n", "rows" are missing: write with echo "n=…" >> "$HEADWATER_OUTPUT". Written but not declared: "N", "row"',
    ],
    [
      "a b c d e f g",
      "a=1",
      'Outputs "b", "c", "d", "e", "f" and 1 more are missing: write with echo "b=…" >> "$HEADWATER_OUTPUT"',
    ],
  ];
  for (const [names, written, words] of cases) {
    it(`says ${words} of ${JSON.stringify(written)} where ${names || "nothing"} is declared`, () => {
      const declared = Object.fromEntries(
        names
          .split(" ")
          .filter((name) => name !== "")
          .map((name) => [name, { name: "string" } as const]),
      );
      assert.equal(missingOutputs(declared, parseOutputs(written, declared)), words);
    });
  }
});
