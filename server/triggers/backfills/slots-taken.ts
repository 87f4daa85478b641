import { schedulesAt, type BackfillItem, type BackfillPlan } from "@headwater/engine";
import { canonicalJson, type ScheduleReader, type ScheduleTrigger } from "@headwater/workflow";
import type { BackfillRow, SlotRun } from "../../store/backfills.js";
import type { ScheduleRow, Store } from "../../store/store.js";

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
  }: { readonly store: Pick<Store, "listSchedules" | "listSlotRuns">; readonly reader: ScheduleReader },
): Promise<SlotsTaken> {
  const slots = [...new Set(items.flatMap(({ slotAt }) => slotAt ?? []))];
  if (slots.length === 0) return { runs: new Map(), pending: new Set() };
  const schedules = await store.listSchedules(row);
  const others = (await store.listSlotRuns(row, slots)).filter(({ backfillId }) => backfillId !== row.id);
  const runs = new Map<number, SlotRun>();
  const pending = new Set<number>();
  for (const item of items) {
    if (item.slotAt === null) continue;
    const rivals = schedulesAt(plan, item.slotAt, reader);
    const run = runOf({ item, rivals, others });
    if (run !== null) runs.set(item.position, run);
    if (isPending(item, schedules)) pending.add(item.position);
  }
  return { runs, pending };
}

/** Whether no other run is to be made for its slot. */
export function isDone(run: SlotRun | undefined): boolean {
  return run !== undefined && NEEDS_NONE.includes(run.status);
}

type Slot = BackfillItem & { readonly slotAt: number };

/**
 * Where only one schedule has the instant, every run of that instant is of its slot, also one of the schedule that it was before it was
 * edited. Where several do, the runs of each are told apart by what its file says; of those that say the same the first has the first run.
 */
function runOf({
  item: { slotAt, schedule },
  rivals,
  others,
}: {
  readonly item: Slot;
  readonly rivals: readonly ScheduleTrigger[];
  readonly others: readonly SlotRun[];
}): SlotRun | null {
  const same = rivals.filter((rival) => rival.schedule === schedule.schedule);
  const runs = others.filter(
    (run) =>
      run.slotAt === slotAt &&
      (rivals.length === 1 || run.schedule === null || run.schedule === schedule.schedule),
  );
  const [done, undone] = [runs.filter(isDone), runs.filter((run) => !isDone(run))];
  return [...done, ...undone][Math.max(0, same.indexOf(schedule))] ?? null;
}

/** By what decides when the slots are: who changes the params of a schedule waits for the same ones. */
function isPending({ slotAt, schedule }: Slot, schedules: readonly ScheduleRow[]): boolean {
  return schedules.some(
    ({ trigger, nextSlotAt }) =>
      nextSlotAt !== null && slotAt >= nextSlotAt && timingOf(trigger) === timingOf(schedule),
  );
}

function timingOf({ schedule, timezone, gap, overlap, startsAt, endsAt }: ScheduleTrigger): string {
  return canonicalJson({ schedule, timezone, gap, overlap, startsAt, endsAt });
}
