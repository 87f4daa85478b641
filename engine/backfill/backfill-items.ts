import { lastFire } from "@headwater/workflow";
import type { Json, ScheduleReader, ScheduleTrigger } from "@headwater/workflow";
import { combinationAt, countCombinations, type ParamChoices } from "./param-choices.js";

/** Which runs a backfill is to make. */
export type BackfillSelection =
  /** One for each slot of the workflow's schedules in [from, before), epoch milliseconds; `params` take the place of the schedule's. */
  | {
      readonly kind: "slots";
      /** In which its days were said: that of the first schedule. One of an earlier build does not know. */
      readonly timezone?: string;
      readonly from: number;
      readonly before: number;
      readonly params: Readonly<Record<string, Json>>;
    }
  /** One for each combination of values. */
  | { readonly kind: "combinations"; readonly choices: ParamChoices }
  /** One for each of these. */
  | { readonly kind: "list"; readonly params: readonly Readonly<Record<string, Json>>[] };

export type BackfillOrder = "oldest" | "newest";

/** A time in which a workflow had the same schedules: [from, before), epoch milliseconds. */
export interface ScheduleEra {
  readonly from: number;
  readonly before: number;
  readonly schedules: readonly ScheduleTrigger[];
}

/** What decides which runs there are, and in which order. */
export interface BackfillPlan {
  readonly selection: BackfillSelection;
  readonly order: BackfillOrder;
  /** In order of time; only slots need them. */
  readonly eras: readonly ScheduleEra[];
}

/** A run that a backfill is to make. */
export type BackfillItem = {
  /** 0, 1, … in the order in which they are made: with the backfill it names the run. */
  readonly position: number;
  readonly params: Readonly<Record<string, Json>>;
} & ({ readonly slotAt: number; readonly schedule: ScheduleTrigger } | { readonly slotAt: null });

/** Where a backfill stands: so many items are behind it. Of slots also at which instant, and how many of that instant are. */
export interface BackfillCursor {
  readonly position: number;
  readonly at: number | null;
  readonly taken: number;
}

/** Before the first item. */
export const BACKFILL_BEGINNING: BackfillCursor = { position: 0, at: null, taken: 0 };

/** Some of the items in order, and where to go on; null at the end. */
export interface BackfillPage {
  readonly items: readonly BackfillItem[];
  readonly next: BackfillCursor | null;
}

/**
 * The next items of a backfill, `limit` at most, 1 or more. Nothing is kept between two pages, so that a hundred thousand runs cost no
 * more memory than ten: the cursor alone says where a backfill stands.
 */
export function backfillPage(
  plan: BackfillPlan,
  { cursor, limit }: { readonly cursor: BackfillCursor; readonly limit: number },
  reader: Pick<ScheduleReader, "nextFire">,
): BackfillPage {
  const { selection, order } = plan;
  if (selection.kind === "slots") return slotPage({ ...plan, selection }, { cursor, limit }, reader);
  const total = countOf(selection);
  const end = Math.min(total, cursor.position + limit);
  const items = Array.from({ length: Math.max(0, end - cursor.position) }, (_, index): BackfillItem => {
    const position = cursor.position + index;
    const place = order === "oldest" ? position : total - 1 - position;
    return { position, slotAt: null, params: paramsAt(selection, place) };
  });
  return { items, next: end < total ? { ...BACKFILL_BEGINNING, position: end } : null };
}

/** All schedules that have a slot at that instant, in their order, whether the backfill makes a run of it or not. */
export function schedulesAt(
  { eras }: Pick<BackfillPlan, "eras">,
  at: number,
  reader: Pick<ScheduleReader, "nextFire">,
): readonly ScheduleTrigger[] {
  const schedules = eras.find(({ from, before }) => from <= at && at < before)?.schedules ?? [];
  return schedules.length === 1
    ? schedules
    : schedules.filter((schedule) => reader.nextFire(schedule, at - 1) === at);
}

type WithoutSlots = Exclude<BackfillSelection, { readonly kind: "slots" }>;
type SlotPlan = BackfillPlan & { readonly selection: BackfillSelection & { readonly kind: "slots" } };

function countOf(selection: WithoutSlots): number {
  return selection.kind === "list" ? selection.params.length : countCombinations(selection.choices);
}

function paramsAt(selection: WithoutSlots, place: number): Readonly<Record<string, Json>> {
  return selection.kind === "list"
    ? (selection.params[place] ?? {})
    : combinationAt(selection.choices, place);
}

interface Slot {
  readonly at: number;
  readonly schedule: ScheduleTrigger;
}

function slotPage(
  { selection, order, eras }: SlotPlan,
  { cursor, limit }: { readonly cursor: BackfillCursor; readonly limit: number },
  reader: Pick<ScheduleReader, "nextFire">,
): BackfillPage {
  const slots = order === "oldest" ? slotsOnward : slotsBackward;
  const items: BackfillItem[] = [];
  let { at, taken } = cursor;
  let toSkip = taken;
  for (const slot of slots(erasWithin(eras, selection), at, reader)) {
    if (slot.at === cursor.at && toSkip > 0) {
      toSkip -= 1;
      continue;
    }
    const position = cursor.position + items.length;
    if (items.length === limit) return { items, next: { position, at, taken } };
    items.push({ position, slotAt: slot.at, schedule: slot.schedule, params: selection.params });
    taken = slot.at === at ? taken + 1 : 1;
    at = slot.at;
  }
  return { items, next: null };
}

function erasWithin(
  eras: readonly ScheduleEra[],
  { from, before }: { readonly from: number; readonly before: number },
): readonly ScheduleEra[] {
  return eras
    .map((era) => ({ ...era, from: Math.max(era.from, from), before: Math.min(era.before, before) }))
    .filter((era) => era.from < era.before);
}

/**
 * From an instant on, or from the beginning.
 * @yields the next slot
 */
function* slotsOnward(
  eras: readonly ScheduleEra[],
  at: number | null,
  reader: Pick<ScheduleReader, "nextFire">,
): Generator<Slot, void> {
  for (const era of eras) {
    if (at === null || at < era.before)
      yield* slotsOf({ ...era, from: Math.max(era.from, at ?? era.from) }, reader);
  }
}

/**
 * From an instant back, or from the end; those of one instant in the order of the schedules.
 * @yields the slot before
 */
function* slotsBackward(
  eras: readonly ScheduleEra[],
  at: number | null,
  reader: Pick<ScheduleReader, "nextFire">,
): Generator<Slot, void> {
  for (const era of eras.toReversed()) {
    let before = Math.min(era.before, at === null ? era.before : at + 1);
    while (before > era.from) {
      const last = lastOf({ ...era, before }, reader);
      if (last === null) break;
      const from = Math.max(era.from, last - spanOf(era, last, reader));
      yield* latestFirst([...slotsOf({ ...era, from, before }, reader)]);
      before = from;
    }
  }
}

/** Slots are looked for forward, so a span of some is read and turned round. */
const SLOTS_OF_A_SPAN = 50;

function spanOf(
  { schedules, from }: ScheduleEra,
  last: number,
  reader: Pick<ScheduleReader, "nextFire">,
): number {
  const gaps = schedules.map((schedule) => {
    const before = lastFire(reader, schedule, { from, before: last });
    return before === null ? Infinity : last - before;
  });
  const gap = Math.min(...gaps);
  return gap === Infinity ? 0 : gap * SLOTS_OF_A_SPAN;
}

function lastOf(
  { schedules, from, before }: ScheduleEra,
  reader: Pick<ScheduleReader, "nextFire">,
): number | null {
  const lasts = schedules.flatMap((schedule) => lastFire(reader, schedule, { from, before }) ?? []);
  return lasts.length === 0 ? null : Math.max(...lasts);
}

function latestFirst(slots: readonly Slot[]): readonly Slot[] {
  return slots.toSorted((one, other) => other.at - one.at);
}

/**
 * All slots of an era in order; those of one instant in the order of the schedules.
 * @yields the next slot
 */
function* slotsOf(era: ScheduleEra, reader: Pick<ScheduleReader, "nextFire">): Generator<Slot, void> {
  let upcoming = era.schedules.map((schedule) => ({ schedule, at: reader.nextFire(schedule, era.from - 1) }));
  for (;;) {
    const at = Math.min(...upcoming.map((next) => next.at ?? Infinity));
    if (at >= era.before) return;
    for (const next of upcoming) if (next.at === at) yield { at, schedule: next.schedule };
    upcoming = upcoming.map((next) =>
      next.at === at ? { ...next, at: reader.nextFire(next.schedule, at) } : next,
    );
  }
}
