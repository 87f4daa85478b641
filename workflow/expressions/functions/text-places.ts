/**
 * A place in a text is the number of characters, Unicode code points, before it, as `size()` counts them; JavaScript counts
 * UTF-16 units, of which a character beyond U+FFFF has two.
 */

/** The UTF-16 unit at which the character of a place begins, or the length at the end; null outside of the text. */
export function unitOfPlace(text: string, place: number): number | null {
  if (place < 0 || place > text.length) return null;
  if (!hasPairs(text)) return place;
  let unit = 0;
  for (let left = place; left > 0; left -= 1) {
    if (unit >= text.length) return null;
    unit += widthAt(text, unit);
  }
  return unit;
}

/** The reverse, for a unit at which a character begins; -1 stays -1. */
export function placeOfUnit(text: string, unit: number): number {
  if (unit <= 0 || !hasPairs(text)) return unit;
  let place = 0;
  for (let at = 0; at < unit; at += widthAt(text, at)) place += 1;
  return place;
}

function widthAt(text: string, unit: number): number {
  return (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
}

function hasPairs(text: string): boolean {
  return /[\ud800-\udbff]/.test(text);
}
