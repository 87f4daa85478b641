/** A box to be placed. */
export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface Placed extends Box {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly boxes: readonly Placed[];
  /** From the bottom of one box to the top of another, by way of points between the boxes of the rows it passes. */
  readonly lines: readonly { readonly points: readonly { readonly x: number; readonly y: number }[] }[];
  readonly width: number;
  readonly height: number;
}

interface Line {
  readonly from: string;
  readonly to: string;
}

/** One place in a row: a box, or where a line passes. */
interface Slot extends Box {
  readonly isBox: boolean;
  readonly before: Slot[];
  readonly after: Slot[];
  x: number;
}

const GAP_X = 28;
const GAP_Y = 44;
const PASSES = 12;

/**
 * Boxes in rows, each below all that lead to it, in an order with few crossings (Sugiyama's method). Lines that would close a circle
 * are left out. The same boxes give the same layout.
 */
export function layOut(boxes: readonly Box[], lines: readonly Line[]): Layout {
  const rows = rowsOf(boxes, lines);
  const slots = new Map(boxes.map((box): [string, Slot] => [box.id, slotOf(box, true)]));
  const grid = rows.map((row) => row.flatMap((id) => slots.get(id) ?? []));
  const rowNumber = new Map(rows.flatMap((row, at) => row.map((id) => [id, at] as const)));
  const paths = lines.flatMap(({ from, to }) => {
    const [start, end] = [rowNumber.get(from), rowNumber.get(to)];
    if (start === undefined || end === undefined || end <= start) return [];
    return [pathThrough(grid, { from: slots.get(from), to: slots.get(to), start, end })];
  });
  for (let pass = 0; pass < PASSES; pass += 1) sortRows(grid, pass % 2 === 0);
  for (const row of grid)
    setPlaces(
      row,
      placed(row, () => 0),
    );
  for (let pass = 0; pass < PASSES; pass += 1) alignRows(grid, pass % 2 === 0);
  return drawn(grid, paths);
}

function slotOf(box: Box, isBox: boolean): Slot {
  return { ...box, isBox, before: [], after: [], x: 0 };
}

/** Each id in the row after the last of those that lead to it. */
function rowsOf(boxes: readonly Box[], lines: readonly Line[]): readonly (readonly string[])[] {
  const before = new Map(
    boxes.map(({ id }) => [id, lines.filter(({ to }) => to === id).map(({ from }) => from)]),
  );
  const rows = new Map<string, number>();
  function rowOf(id: string, above: ReadonlySet<string>): number {
    const known = rows.get(id);
    if (known !== undefined) return known;
    const needs = (before.get(id) ?? []).filter(
      (need) => before.has(need) && !above.has(need) && need !== id,
    );
    const row = Math.max(-1, ...needs.map((need) => rowOf(need, new Set([...above, id])))) + 1;
    rows.set(id, row);
    return row;
  }
  for (const { id } of boxes) rowOf(id, new Set());
  const count = Math.max(-1, ...rows.values()) + 1;
  return Array.from({ length: count }, (_, row) =>
    boxes.filter(({ id }) => rows.get(id) === row).map(({ id }) => id),
  );
}

interface Stretch {
  readonly from: Slot | undefined;
  readonly to: Slot | undefined;
  readonly start: number;
  readonly end: number;
}

/** Puts a slot into each row that a line passes, and joins them up. */
function pathThrough(grid: readonly Slot[][], { from, to, start, end }: Stretch): readonly Slot[] {
  const between = grid.slice(start + 1, end).map((row, index) => {
    const slot = slotOf({ id: `${from?.id ?? ""}>${to?.id ?? ""}@${index}`, width: 12, height: 0 }, false);
    row.push(slot);
    return slot;
  });
  const path = [...(from === undefined ? [] : [from]), ...between, ...(to === undefined ? [] : [to])];
  for (const [index, slot] of path.entries()) {
    const next = path[index + 1];
    if (next === undefined) continue;
    slot.after.push(next);
    next.before.push(slot);
  }
  return path;
}

/** Orders each row by the middle of what its slots hang on, downwards or upwards. */
function sortRows(grid: readonly Slot[][], isDown: boolean): void {
  for (const row of isDown ? grid.slice(1) : grid.slice(0, -1).toReversed()) {
    const others = grid[grid.indexOf(row) + (isDown ? -1 : 1)] ?? [];
    const positions = new Map(others.map((slot, position) => [slot, position]));
    const middles = new Map(
      row.map((slot, position) => {
        const linked = isDown ? slot.before : slot.after;
        const sum = linked.reduce((total, other) => total + (positions.get(other) ?? 0), 0);
        return [slot, linked.length === 0 ? position : sum / linked.length];
      }),
    );
    row.sort((one, other) => (middles.get(one) ?? 0) - (middles.get(other) ?? 0));
  }
}

/** Moves each row towards the middle of what its slots hang on, as far as its order and the gaps allow. */
function alignRows(grid: readonly Slot[][], isDown: boolean): void {
  for (const row of isDown ? grid : grid.toReversed()) {
    const wanted = new Map(row.map((slot) => [slot, wantedX(slot, isDown)]));
    const want = (slot: Slot): number => wanted.get(slot) ?? slot.x;
    const fromLeft = placed(row, want);
    const fromRight = placedFromRight(row, want);
    // Both keep the gaps, so their mean does too.
    setPlaces(
      row,
      fromLeft.map((x, index) => (x + (fromRight[index] ?? x)) / 2),
    );
  }
}

function wantedX(slot: Slot, isDown: boolean): number {
  const linked = isDown ? slot.before : slot.after;
  if (linked.length === 0) return slot.x;
  const middles = linked.map((other) => other.x + other.width / 2);
  return middles.reduce((sum, middle) => sum + middle, 0) / linked.length - slot.width / 2;
}

function setPlaces(row: readonly Slot[], places: readonly number[]): void {
  for (const [index, slot] of row.entries()) slot.x = places[index] ?? 0;
}

function placed(row: readonly Slot[], want: (slot: Slot) => number): readonly number[] {
  let left = Number.NEGATIVE_INFINITY;
  return row.map((slot) => {
    const x = Math.max(want(slot), left);
    left = x + slot.width + GAP_X;
    return x;
  });
}

function placedFromRight(row: readonly Slot[], want: (slot: Slot) => number): readonly number[] {
  let right = Number.POSITIVE_INFINITY;
  const places = row.toReversed().map((slot) => {
    const x = Math.min(want(slot), right - slot.width);
    right = x - GAP_X;
    return x;
  });
  return places.toReversed();
}

/** Rows from top to bottom, boxes at the top of theirs: a line leaves a row straight down, and so crosses no box of it. */
function drawn(grid: readonly Slot[][], paths: readonly (readonly Slot[])[]): Layout {
  const slots = grid.flat();
  const left = slots.length === 0 ? 0 : Math.min(...slots.map(({ x }) => x));
  const rowOf = new Map<Slot, { readonly top: number; readonly bottom: number }>();
  let top = 0;
  for (const row of grid) {
    const bottom = top + Math.max(0, ...row.map(({ height }) => height));
    for (const slot of row) rowOf.set(slot, { top, bottom });
    top = bottom + GAP_Y;
  }
  const boxes = slots
    .filter(({ isBox }) => isBox)
    .map((slot) => ({
      id: slot.id,
      width: slot.width,
      height: slot.height,
      x: slot.x - left,
      y: rowOf.get(slot)?.top ?? 0,
    }));
  const lines = paths.map((path) => ({
    points: path.flatMap((slot, index) => {
      const x = slot.x - left + slot.width / 2;
      const row = rowOf.get(slot) ?? { top: 0, bottom: 0 };
      const isLast = index === path.length - 1;
      const start = { x, y: index === 0 ? row.top + slot.height : row.top };
      return isLast ? [start] : [start, { x, y: row.bottom }];
    }),
  }));
  const width = Math.max(0, ...slots.map((slot) => slot.x - left + slot.width));
  return { boxes, lines, width, height: Math.max(0, top - GAP_Y) };
}
