import { abbreviated, type TimeZones } from "../../types/time-zones.js";
import { FunctionError } from "./function-definition.js";

/** The wall clock of a time zone at an instant, as a `Date` whose UTC fields show it. @throws FunctionError */
export function wallClock(instant: Date, timezone: string, zones: TimeZones): Date {
  if (timezone === "UTC" || timezone === "") return instant;
  const fixed = fixedOffsetMs(timezone);
  if (fixed !== null) return new Date(instant.getTime() + fixed);
  if (!zones.has(timezone)) {
    const unknown = `"${timezone.slice(0, 60)}" is no time zone: write one such as "Europe/Berlin"`;
    throw new FunctionError(abbreviated(timezone)?.message ?? unknown);
  }
  return new Date(instant.getTime() + zones.offsetMs(timezone, instant.getTime()));
}

/** The offset of a zone such as `+02:00` or `-03:30`, which CEL allows too; null when it is none. */
function fixedOffsetMs(timezone: string): number | null {
  const parts = /^([+-]?)(\d{2}):(\d{2})$/.exec(timezone);
  if (parts === null) return null;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  return (parts[1] === "-" ? -minutes : minutes) * 60_000;
}
