import type { Fix, TextRange } from "./diagnostic.js";
import { describeLookAlike, withoutLookAlikes } from "./look-alikes.js";

/** How far a name may be from the one that was meant. */
interface Closeness {
  /** What of a name does not count. */
  readonly normalized: (name: string) => string;
  /** Changes at most, for a name of so many letters. */
  readonly changesMax: (length: number) => number;
  /** Changes that a swap of two neighbours is. */
  readonly swap: 1 | 2;
}

/** Keys and ids of YAML: "-" and "_" are easily confused, and the names to choose from few. */
const OF_KEYS: Closeness = {
  normalized: (name) => withoutLookAlikes(name).toLowerCase().replaceAll("-", "_"),
  changesMax: (length) => Math.max(1, Math.floor(length / 3)),
  swap: 1,
};

/** Names of expressions: one of one or two letters is near only to itself in another case. */
const OF_NAMES: Closeness = {
  normalized: (name) => name.toLowerCase(),
  changesMax: (length) => Math.max(length > 2 ? 1 : 0, Math.floor(length / 3)),
  swap: 1,
};

/** The known name that someone who wrote `name` in an expression most likely meant; null when none is near. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  return nearest(name, known, OF_NAMES);
}

/** ` Did you mean "needs"?` of a key or an id of YAML, or nothing; and the same as data for a mend. */
export function suggestion(
  name: string,
  known: Iterable<string>,
): { readonly text: string; readonly data: Record<string, string> } {
  const meant = nearest(name, known, OF_KEYS);
  if (meant === null) return { text: "", data: {} };
  const lookAlike = describeLookAlike(name);
  const reason = lookAlike === null ? "" : `: ${lookAlike}`;
  return { text: `${reason}. Did you mean "${meant}"?`, data: { nearest: meant } };
}

/** The only known name that begins as this one does for the most part, such as `succeeded` for `success`; null for none, or several. */
export function sameStem(name: string, known: readonly string[]): string | null {
  const stems = known.map((candidate) => sharedStart(name, candidate));
  const longest = Math.max(0, ...stems);
  const found = known.filter((_, index) => stems[index] === longest);
  return longest >= STEM_LENGTH_MIN && longest * 2 > name.length && found.length === 1
    ? (found[0] ?? null)
    : null;
}

const STEM_LENGTH_MIN = 4;

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** Whether one name is the other with a slip of the hand: a letter too many, one too few, or two neighbours swapped. */
export function isSlip(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < SLIP_LENGTH_MIN || editDistance(one, other, 1) !== 1) return false;
  return one.length !== other.length || lettersOf(one) === lettersOf(other);
}

function lettersOf(name: string): string {
  return name.split("").sort().join("");
}

/** Shorter names are near to each other by chance. */
const SLIP_LENGTH_MIN = 6;

/** The mend of a finding that offers another text for its range; the offer stands in its data too. */
export function writeInstead(
  text: string,
  range: TextRange,
): { readonly data: Readonly<Record<string, string>>; readonly fix: Fix } {
  const fix = { title: `Write "${text}"`, edits: [{ range, newText: text }] };
  return { data: { nearest: text }, fix };
}

/** No name of the language is longer, and the distance is quadratic in it. */
const NAME_LENGTH_MAX = 100;

/** The first of the nearest. Linear in the number of names. */
function nearest(name: string, known: Iterable<string>, closeness: Closeness): string | null {
  if (name.length > NAME_LENGTH_MAX) return null;
  const typed = closeness.normalized(name);
  let found: string | null = null;
  let least = closeness.changesMax(typed.length) + 1;
  for (const candidate of known) {
    // Nobody is led to a name that only looks like another one.
    if (withoutLookAlikes(candidate) !== candidate) continue;
    if (Math.abs(candidate.length - typed.length) >= least) continue;
    const distance = editDistance(typed, closeness.normalized(candidate), closeness.swap);
    // Of names of one letter each is one change from all others.
    if (distance < least && distance < Math.min(typed.length, candidate.length)) {
      found = candidate;
      least = distance;
    }
  }
  return found;
}

/** Optimal string alignment distance, row by row. */
function editDistance(a: string, b: string, swap: number): number {
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  let twoAbove: readonly number[] = above;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = isSwap(a, i, b, j) ? at(twoAbove, j - 2) + swap : Infinity;
      row.push(Math.min(at(above, j) + 1, at(row, j - 1) + 1, substituted, swapped));
    }
    twoAbove = above;
    above = row;
  }
  return at(above, b.length);
}

/** Whether the letters before two places are the same two, swapped. */
function isSwap(...[a, i, b, j]: readonly [string, number, string, number]): boolean {
  return i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
