/**
 * Where in an older text stands what is at an offset of a newer one, told by what both begin and end with: exact for one edit, as
 * they are between two checks. Null for what is new.
 */
export function offsetBefore(newer: string, older: string, offset: number): number | null {
  if (newer === older) return offset;
  const shortest = Math.min(newer.length, older.length);
  let same = 0;
  while (same < shortest && newer.charCodeAt(same) === older.charCodeAt(same)) same += 1;
  if (offset < same) return offset;
  const shift = older.length - newer.length;
  let end = newer.length;
  while (end > same && end + shift > same && newer.charCodeAt(end - 1) === older.charCodeAt(end - 1 + shift))
    end -= 1;
  return offset >= end ? offset + shift : null;
}
