import type { ScheduleReader, ScheduleTiming } from "@headwater/workflow";

/** A schedule with the defaults of the language. */
export function timing(
  schedule: string,
  timezone: string,
  more: Partial<ScheduleTiming> = {},
): ScheduleTiming {
  return { schedule, timezone, gap: "auto", overlap: "auto", startsAt: null, endsAt: null, ...more };
}

/** Every fire in [from, to), each found from the one before it. */
export function firesBetween(
  reader: ScheduleReader,
  when: ScheduleTiming,
  [from, to]: readonly [string, string],
): readonly string[] {
  const fires: string[] = [];
  let at = reader.nextFire(when, Date.parse(from) - 1);
  while (at !== null && at < Date.parse(to)) {
    fires.push(new Date(at).toISOString().slice(0, 16));
    at = reader.nextFire(when, at);
  }
  return fires;
}
