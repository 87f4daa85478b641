type Column = Uint8Array | Uint16Array | Uint32Array;

/**
 * A column as runs of equal values: value, length, value, length. Of a column with so many entries an iteration all first ones come
 * first, then all second ones: iterations that have ended are mostly alike, and so take no room.
 */
export type PackedColumn = readonly number[];

/** What a column holds, packed. `width` is its number of entries an iteration. */
export function packColumn(column: Column, width: number): PackedColumn {
  const packed: number[] = [];
  let [last, count] = [0, 0];
  for (let lane = 0; lane < width; lane += 1) {
    for (let at = lane; at < column.length; at += width) {
      const value = column[at] ?? 0;
      if (value !== last && count > 0) {
        packed.push(last, count);
        count = 0;
      }
      last = value;
      count += 1;
    }
  }
  if (count > 0) packed.push(last, count);
  return packed;
}

/** The same column, in what `create` makes of its length. */
export function unpackColumn<Unpacked extends Column>(
  packed: PackedColumn,
  width: number,
  create: (length: number) => Unpacked,
): Unpacked {
  let length = 0;
  for (let at = 1; at < packed.length; at += 2) length += packed[at] ?? 0;
  const column = create(length);
  let [run, left] = [0, packed[1] ?? 0];
  for (let lane = 0; lane < width; lane += 1) {
    for (let at = lane; at < length; at += width) {
      if (left === 0) {
        run += 2;
        left = packed[run + 1] ?? 0;
      }
      column[at] = packed[run] ?? 0;
      left -= 1;
    }
  }
  return column;
}
