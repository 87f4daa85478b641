import { lastFire } from "@headwater/workflow";
import type { ScheduleReader, ScheduleTrigger } from "@headwater/workflow";
import type { Store } from "../store/store.js";
import type { PendingSchedule, SlotMove } from "../store/time-zone-data.js";
import type { TriggersOptions } from "./triggers.js";

const PAGE = 500;

/** No zone has ever moved a time of day further: Apia left out a whole day. */
const SHIFT_MS_MAX = 26 * 3_600_000;

/** Raised with each change of when a cron fires, so that slots that were computed before it move. 2: docs/decisions/0033-days-of-cron.md. */
const CRON_RULES = 2;

/**
 * Moves the next slots of all schedules to where today's time zone data and rules of cron have them, if they were computed by others. Every
 * slot that is moved is one by the new data, so that doing it again after a crash changes nothing.
 */
export async function takeInTimeZones(
  options: Pick<TriggersOptions, "store" | "scheduleReader" | "log">,
  timeZoneData: string,
): Promise<void> {
  const { store, scheduleReader, log } = options;
  const version = `${timeZoneData}, cron ${CRON_RULES}`;
  const before = await store.findTimeZoneData();
  if (before === version) return;
  const moved = await moveAll(store, scheduleReader);
  await store.saveTimeZoneData(version);
  const fields = { before: before ?? "unknown", now: version, moved };
  if (moved > 0)
    log.info("the time zone data or the rules of cron have changed, and slots have moved with them", fields);
}

async function moveAll(store: Store, reader: ScheduleReader): Promise<number> {
  let moved = 0;
  let page: readonly PendingSchedule[];
  let last: string | undefined;
  do {
    page = await store.listPendingSchedules({ limit: PAGE, ...(last === undefined ? {} : { after: last }) });
    const moves = page.flatMap((schedule) => moveOf(reader, schedule));
    await store.moveSlots(moves);
    moved += moves.length;
    last = page.at(-1)?.id;
  } while (page.length === PAGE);
  return moved;
}

function moveOf(reader: ScheduleReader, { id, trigger, nextSlotAt }: PendingSchedule): readonly SlotMove[] {
  if (nextSlotAt === null) return [];
  const to = nearestSlot(reader, trigger, nextSlotAt);
  return to === nextSlotAt ? [] : [{ scheduleId: id, from: nextSlotAt, to }];
}

/**
 * The slot that another one has become: the nearest, also when that has just passed, which is due then. To look for the first one
 * after now would lose a time of day that has moved into the past, and fire one twice that has moved into the future.
 */
export function nearestSlot(reader: ScheduleReader, trigger: ScheduleTrigger, slotAt: number): number {
  const next = reader.nextFire(trigger, slotAt - 1);
  if (next === slotAt) return slotAt;
  const previous = lastFire(reader, trigger, { from: slotAt - SHIFT_MS_MAX, before: slotAt });
  if (previous === null) return next ?? slotAt;
  return next === null || slotAt - previous < next - slotAt ? previous : next;
}
