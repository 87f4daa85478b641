import { text } from "./scalars.js";

/** Of a person or a team; never blank, or `require_owner` would be met by nothing. */
export const ownerName = text("an owner", {
  pattern: /\S/,
  form: "the name of a person or a team",
});
