import { text } from "./scalars.js";

/** Of a person or a team; never blank, or `require_owner` would be met by nothing. */
export const ownerName = text("an owner", {
  // An expression is told of as one; the pattern refuses it in the JSON Schema, too.
  pattern: /^(?![\s\S]*\$\{\{)[\s\S]*\S/,
  form: "the name of a person or a team",
});
