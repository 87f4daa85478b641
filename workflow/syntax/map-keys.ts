import type { MapEntry } from "./syntax-node.js";

/** Compared with one another up to so many: a set takes more memory than the entries of most maps. */
const KEYS_COMPARED_MAX = 8;

/** Whether two entries have one key. */
export function isAnyKeyTwice(entries: readonly MapEntry[]): boolean {
  if (entries.length > KEYS_COMPARED_MAX) return new Set(entries.map(({ key }) => key)).size < entries.length;
  for (let at = 1; at < entries.length; at += 1) {
    for (let before = 0; before < at; before += 1) if (entries[before]?.key === entries[at]?.key) return true;
  }
  return false;
}
