import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { Document, Scalar } from "yaml";
import { compileProject } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

const STYLES = ["PLAIN", "QUOTE_SINGLE", "QUOTE_DOUBLE", "BLOCK_LITERAL", "BLOCK_FOLDED"] as const;

/** What stands around an expression, with all that a style writes otherwise than it is. */
const TEXT = fc.oneof(
  fc.constantFrom(
    "a",
    "word ",
    " ",
    "\n",
    "\n\n",
    "  ",
    "'",
    "''",
    '"',
    "\\",
    "\\n",
    "\t",
    ": ",
    " #",
    "é",
    "😀",
    "\u0007",
    "\u2028",
    "-",
    "}",
    "{{",
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replaceAll("$", "")),
);
/** Before the name inside of an expression: strings of CEL, line breaks, white space. */
const BEFORE = fc.constantFrom(
  "",
  "'it' + ",
  '"a\\n" + ',
  "\n",
  "  ",
  "1 +\n\n  ",
  '"é😀" + ',
  "[1, 2].size() + ",
);

const PART = fc.oneof(
  { weight: 2, arbitrary: TEXT.map((text) => ({ text, isExpression: false })) },
  { weight: 1, arbitrary: BEFORE.map((text) => ({ text, isExpression: true })) },
);

describe("a finding inside an expression", () => {
  for (const style of STYLES) {
    it(`is at its name in the file, however a text in the style ${style} is escaped, folded or indented`, () => {
      fc.assert(
        fc.property(
          fc.array(PART, { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 20, max: 80 }),
          (parts, width) => {
            const names: string[] = [];
            const value = parts.map(({ text, isExpression }, index) => {
              if (!isExpression) return text;
              names.push(`nope_${index}`);
              return `\${{ ${text}params.nope_${index} }}`;
            });
            const text = workflowWith(value.join(""), style, width);
            const { diagnostics } = compileProject(treeOfTexts({ "a.workflow.yaml": text }));
            const found = diagnostics
              .filter(({ code }) => code === "expression-unknown-name")
              .map(({ range }) => text.slice(range.start, range.end).replace(/\\\n\s*/g, ""));
            assert.deepEqual(found, names, text);
          },
        ),
        { seed: 1, numRuns: 100 },
      );
    });
  }
});

function workflowWith(value: string, style: (typeof STYLES)[number], lineWidth: number): string {
  const scalar = new Scalar(value);
  scalar.type = style;
  const env = { BEFORE: "x", VALUE: scalar, AFTER: "y" };
  const document = new Document({ workflow: "a", steps: { only: { run: "true", env } } });
  return document.toString({ lineWidth, minContentWidth: 0 });
}
