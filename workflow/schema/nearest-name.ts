/**
 * The known name that a person most likely meant, for "did you mean": at most a third of the letters off, swaps of two
 * neighbours counting one. Undefined when none is near. Linear in the number of names.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const typed = normalized(name);
  if (typed.length > NAME_LENGTH_MAX) return undefined;
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - typed.length) >= least) continue;
    const distance = editDistance(typed, normalized(candidate));
    if (distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

/** ` Did you mean "needs"?`, or nothing; and the same as data for a mend. */
export function suggestion(
  name: string,
  known: Iterable<string>,
): { readonly text: string; readonly data: Record<string, string> } {
  const nearest = nearestName(name, known);
  return nearest === undefined
    ? { text: "", data: {} }
    : { text: `. Did you mean "${nearest}"?`, data: { nearest } };
}

/** No name of the language is longer, and the distance is quadratic in it. */
const NAME_LENGTH_MAX = 100;

function normalized(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}

/** Optimal string alignment distance, row by row. */
function editDistance(a: string, b: string): number {
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  let twoAbove: readonly number[] = above;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = isSwap(a, i, b, j) ? at(twoAbove, j - 2) + 1 : Infinity;
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
