import { ServiceError } from "../../errors.js";

// oxlint-disable-next-line no-control-regex -- Git forbids control characters, so we look for them
const FORBIDDEN = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|^[-./]|[/.]$|^@$/;

/** Git's rules for a branch (`git check-ref-format`), and no leading `-`. @throws ServiceError bad-request */
export function parseBranchName(text: string): string {
  if (isBranchName(text)) return text;
  throw new ServiceError(
    "bad-request",
    `Cannot read branch "${text.slice(0, 250)}": Git allows no such name`,
  );
}

/** See `parseBranchName`. */
export function isBranchName(text: string): boolean {
  return text !== "" && text.length <= 250 && !FORBIDDEN.test(text);
}

/** Names that are compared letter by letter: of tens of thousands that takes longer than anybody may be held up. */
const COMPARED_MAX = 200;

/** The names, the nearest to `wanted` first; of very many only those that begin most as it does. */
export function sortByNearness(wanted: string, names: readonly string[]): readonly string[] {
  const compared = names.length <= COMPARED_MAX ? names : likeliest(wanted, names);
  const distances = new Map(compared.map((name) => [name, editDistance(wanted, name)]));
  return [...compared].sort((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0) || (a < b ? -1 : 1));
}

function likeliest(wanted: string, names: readonly string[]): readonly string[] {
  const byStart = Array.from({ length: wanted.length + 1 }, (): string[] => []);
  for (const name of names) byStart[sharedStart(wanted, name)]?.push(name);
  return byStart.reverse().flat().slice(0, COMPARED_MAX);
}

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** Levenshtein's: insertions, deletions and replacements, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j += 1) {
      const replaced = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
