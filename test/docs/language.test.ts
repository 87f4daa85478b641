import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { FUNCTION_NAMES } from "@headwater/workflow";
import { it } from "mocha";
import { checkGeneratedPart, documentPath } from "./generated-part.js";
import { languageReference } from "./language-reference.js";

for (const [page, expected] of Object.entries(languageReference())) {
  it(`docs/language/${page} holds what the compiler's schemas say`, () => {
    checkGeneratedPart(`language/${page}`, "reference", expected);
  });
}

it("docs/language/expressions.md names every function that an expression may call", () => {
  const page = readFileSync(documentPath("language/expressions.md"), "utf8");
  const [, functions = ""] = page.split("## Functions");
  const missing = [...FUNCTION_NAMES].filter((name) => !new RegExp(`\\b${name}\\(`).test(functions));
  assert.deepEqual(missing, []);
});
