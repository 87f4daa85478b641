import { it } from "mocha";
import { checkGeneratedPart } from "./generated-part.js";
import { languageReference } from "./language-reference.js";

for (const [page, expected] of Object.entries(languageReference())) {
  it(`docs/language/${page} holds what the compiler's schemas say`, () => {
    checkGeneratedPart(`language/${page}`, "reference", expected);
  });
}
