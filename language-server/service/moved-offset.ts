/**
 * Where in an older text stands what is at an offset of a newer one, told by what both begin and end with: exact for one edit, as
 * they are between two checks. Null for what is new.
 */
export function offsetBefore(newer: string, older: string, offset: number): number | null {
  return createMover(newer, older)(offset);
}

/** The same for many offsets of a text, from it to another one. */
export function createMover(from: string, to: string): (offset: number) => number | null {
  if (from === to) return (offset) => offset;
  const shortest = Math.min(from.length, to.length);
  let same = 0;
  while (same < shortest && from.charCodeAt(same) === to.charCodeAt(same)) same += 1;
  const shift = to.length - from.length;
  let end = from.length;
  while (end > same && end + shift > same && from.charCodeAt(end - 1) === to.charCodeAt(end - 1 + shift))
    end -= 1;
  return (offset) => {
    if (offset < same) return offset;
    return offset >= end ? offset + shift : null;
  };
}
