import type { LayoutKind, LayoutToken } from "../syntax/layout.js";

/** Spaces between two tokens of one line, of which the second is no comment. */
export function gapBetween(before: LayoutToken, after: LayoutToken): number {
  if (before.kind === "open") return after.kind !== "close" && before.text === "{" ? 1 : 0;
  if (after.kind === "value") return STAY_APART_FROM_COLON.includes(before.kind) ? 1 : 0;
  // `a:,` would be a text.
  if (before.kind === "value") return 1;
  return after.kind === "comma" || (after.kind === "close" && after.text === "]") ? 0 : 1;
}

/** `*a:` would be an alias of that name, `&a:` an anchor; after an indicator the colon begins a pair without a key. */
const STAY_APART_FROM_COLON: readonly LayoutKind[] = [
  "alias",
  "property",
  "value",
  "item",
  "explicit-key",
  "comma",
];
