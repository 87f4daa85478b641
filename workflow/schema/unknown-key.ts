import { firstNames } from "../diagnostics/first-names.js";
import type { Finding } from "../diagnostics/report.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { MapEntry } from "../syntax/syntax-node.js";
import { entryMeantBy, keyMeantBy } from "./aliases.js";
import { adviceForEntry } from "./key-habits.js";
import type { RecordRules } from "./schema.js";

/** What a record is called and takes. */
export interface KnownKeys {
  readonly what: string;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly rules: RecordRules | null;
}

/** What is said of a key that a record does not know, and the key of it that was meant; null when that is not clear. */
export interface UnknownKey {
  readonly finding: Finding;
  readonly meant: string | null;
}

/** Of an entry whose key the record does not know, where the `possible` keys were. */
export function unknownKey(
  entry: MapEntry,
  possible: readonly string[],
  { what, keys }: KnownKeys,
): UnknownKey {
  const { key, keyRange: range } = entry;
  const finding = { code: "unknown-key", range, data: { key } } as const;
  const message = `Unknown key "${key}" in ${what}`;
  const slip = yamlSlip(entry);
  if (slip !== null) return { finding: { ...finding, message: slip }, meant: null };
  const entryMeant = entryMeantBy(entry, possible);
  if (entryMeant !== null) {
    const { fix } = writeInstead(entryMeant, { start: range.start, end: entry.value.range.end });
    return { finding: { ...finding, message: `${message}. Here it is "${entryMeant}"`, fix }, meant: null };
  }
  const { meant, text } = keyMeant(entry, possible, { what, keys });
  if (meant === null) return { finding: { ...finding, message: message + text }, meant };
  const { data, fix } = writeInstead(meant, range);
  const isPossible = possible.includes(meant);
  return {
    finding: { ...finding, message: message + text, data: { key, ...data }, ...(isPossible ? { fix } : {}) },
    meant: isPossible ? meant : null,
  };
}

/** The key that was meant, and how that is said: first of what goes with the keys that are there. */
function keyMeant(
  entry: MapEntry,
  possible: readonly string[],
  { what, keys }: Pick<KnownKeys, "what" | "keys">,
): { readonly meant: string | null; readonly text: string } {
  const { key } = entry;
  const alias = keyMeantBy(key, what, keys);
  if (alias !== null && possible.includes(alias)) return { meant: alias, text: `. Here it is "${alias}"` };
  const advice = adviceForEntry(what, entry);
  if (advice !== null) return { meant: null, text: `: ${advice}` };
  if (alias !== null) return { meant: alias, text: `. Here it is "${alias}"${OUT_OF_PLACE}` };
  const near = nearOf(key, possible);
  if (near !== null) return near;
  const other = nearOf(key, Object.keys(keys));
  return other === null
    ? { meant: null, text: listed(possible) }
    : { meant: other.meant, text: other.text.replace(/\?$/, `${OUT_OF_PLACE}?`) };
}

const OUT_OF_PLACE = ", which does not go with the other keys here";

/** What YAML has made a key that is none. */
function yamlSlip(entry: MapEntry): string | null {
  if (entry.key === "<<") return NO_MERGE_KEY;
  return isRestOfValue(entry) ? restOfValue(entry.key) : null;
}

/** As `b)` of `{ if: f(a, b) }`. */
function isRestOfValue({ key, value }: MapEntry): boolean {
  const isBare = value.kind === "scalar" && value.value === null;
  return isBare && key.split(/[)\]}"']/).length !== key.split(/[([{"']/).length;
}

function restOfValue(key: string): string {
  return `Inside of { } a comma ends a value, so "${key}" is a key here: quote the value that it belongs to`;
}

/** A habit from YAML 1.1. */
const NO_MERGE_KEY =
  'YAML 1.2 has no merge key "<<": write the keys out, give the whole value by an alias, or use a template';

/** The keys that are not there yet and go with those that are. */
export function possibleKeys(
  given: ReadonlySet<string>,
  { keys, rules }: Pick<KnownKeys, "keys" | "rules">,
): readonly string[] {
  const kinds = rules?.oneOf.filter((kind) => given.has(kind)) ?? [];
  return Object.keys(keys).filter((key) => !given.has(key) && goesWith(key, kinds, rules));
}

function nearOf(
  key: string,
  names: readonly string[],
): { readonly meant: string; readonly text: string } | null {
  const { text, data } = suggestion(key, names);
  return data["nearest"] === undefined ? null : { meant: data["nearest"], text };
}

/** As many keys as a person looks through. */
const KEYS_SHOWN_MAX = 30;

function listed(possible: readonly string[]): string {
  if (possible.length === 0) return "";
  return `. Possible are ${firstNames(possible.toSorted(), KEYS_SHOWN_MAX)}`;
}

function goesWith(key: string, kinds: readonly string[], rules: RecordRules | null): boolean {
  if (rules === null) return true;
  if (rules.oneOf.includes(key)) return kinds.length === 0;
  const owners = rules.goesWith[key];
  return owners === undefined || kinds.some((kind) => owners.includes(kind));
}
