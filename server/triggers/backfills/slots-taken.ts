import { schedulesAt, type BackfillItem, type BackfillPlan } from "@headwater/engine";
import type { ScheduleReader, ScheduleTrigger } from "@headwater/workflow";
import type { BackfillRow, UndecidedSchedule, SlotRun } from "../../store/backfills.js";
import type { Store } from "../../store/store.js";

/** A run for the same slot: there is none to be made beside it. */
const NEEDS_NONE: readonly string[] = ["queued", "running", "succeeded"];

/** What others have done, or will do, about slots of a backfill. */
export interface SlotsTaken {
  /** By position: a run for the slot that makes another one needless, otherwise the newest. */
  readonly runs: ReadonlyMap<number, SlotRun>;
  /** Positions of slots that have come, or not yet, which their schedule is still to decide. */
  readonly pending: ReadonlySet<number>;
}

/**
 * Looks at the slots of items. Where they stand with their schedule is read before their runs are: a schedule moves on in the transaction
 * that makes its runs, so that none escapes both looks.
 */
export async function readSlotsTaken(
  row: BackfillRow,
  { items, plan }: { readonly items: readonly BackfillItem[]; readonly plan: BackfillPlan },
  {
    store,
    reader,
  }: {
    readonly store: Pick<Store, "listUndecidedSchedules" | "listSlotRuns">;
    readonly reader: ScheduleReader;
  },
): Promise<SlotsTaken> {
  const slots = [...new Set(items.flatMap(({ slotAt }) => slotAt ?? []))];
  if (slots.length === 0) return { runs: new Map(), pending: new Set() };
  const schedules = await store.listUndecidedSchedules(row);
  const others = (await store.listSlotRuns(row, slots)).filter(({ backfillId }) => backfillId !== row.id);
  const runs = new Map<number, SlotRun>();
  const pending = new Set<number>();
  for (const item of items) {
    if (item.slotAt === null) continue;
    const claims = claimsOn(
      item,
      { rivals: schedulesAt(plan, item.slotAt, reader), others, schedules },
      reader,
    );
    const run = [...claims.done, ...claims.undone][claims.place];
    if (run !== undefined) runs.set(item.position, run);
    if (isPending(claims)) pending.add(item.position);
  }
  return { runs, pending };
}

/** Whether no other run is to be made for its slot. */
export function isDone(run: SlotRun | undefined): boolean {
  return run !== undefined && NEEDS_NONE.includes(run.status);
}

type Slot = BackfillItem & { readonly slotAt: number };

/** What there is for the slots that cannot be told from an item's: they are of its instant, and their schedules say the same. */
interface Claims {
  readonly done: readonly SlotRun[];
  readonly undone: readonly SlotRun[];
  /** So many runs will come, or not, as schedules decide. */
  readonly undecided: number;
  /** How many such slots there are, and which of them the item's is: that of the first schedule has the first run. */
  readonly slots: number;
  readonly place: number;
}

/**
 * Where only one schedule has the instant, every run of that instant is of its slot, also one of the schedule that it was before it was
 * edited. Where several do, the runs of each are told apart by what its file says.
 */
function claimsOn(
  { slotAt, schedule }: Slot,
  {
    rivals,
    others,
    schedules,
  }: {
    readonly rivals: readonly ScheduleTrigger[];
    readonly others: readonly SlotRun[];
    readonly schedules: readonly UndecidedSchedule[];
  },
  reader: ScheduleReader,
): Claims {
  const isSame = (text: string | null): boolean =>
    rivals.length === 1 || text === null || text === schedule.schedule;
  const runs = others.filter((run) => run.slotAt === slotAt && isSame(run.schedule));
  const undecided = schedules.filter(
    ({ trigger, nextSlotAt, until }) =>
      isSame(trigger.schedule) &&
      nextSlotAt <= slotAt &&
      slotAt <= (until ?? slotAt) &&
      reader.nextFire(trigger, slotAt - 1) === slotAt,
  ).length;
  const same = rivals.filter((rival) => isSame(rival.schedule));
  const [done, undone] = [runs.filter(isDone), runs.filter((run) => !isDone(run))];
  return { done, undone, undecided, slots: same.length, place: Math.max(0, same.indexOf(schedule)) };
}

/** Whoever changes a schedule, or only its params, waits for what it was before to decide about the slots that had come. */
function isPending({ done, undecided, slots, place }: Claims): boolean {
  const first = slots === 1 ? 0 : done.length;
  return place >= first && place < first + undecided;
}
