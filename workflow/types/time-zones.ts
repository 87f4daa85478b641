import { nearestName } from "../diagnostics/nearest-name.js";
import { zonesMeantBy } from "./time-zone-abbreviations.js";

const ZONES_MAX = 128;

/**
 * The offsets of time zones, from the data of the JavaScript engine. Keeps the zones it was asked for last: making a
 * formatter costs a hundred times what using one does.
 */
export interface TimeZones {
  /** Whether it is an IANA name such as `Europe/Berlin`, `UTC` included; offsets such as `+02:00` and abbreviations such as `BST` are not. */
  has(timezone: string): boolean;
  /** Whether there are offsets for it. There are for some abbreviations, which nobody may write any more but that may be deployed. */
  hasOffsets(timezone: string): boolean;
  /** What to add to UTC for the wall clock there at that instant (epoch milliseconds); 0 where there is no such zone. */
  offsetMs(timezone: string, instantMs: number): number;
}

/** Zones with nothing asked yet. */
export function createTimeZones(): TimeZones {
  const formatters = new Map<string, Intl.DateTimeFormat | null>();

  function formatterOf(timezone: string): Intl.DateTimeFormat | null {
    const known = formatters.get(timezone);
    if (known !== undefined) return known;
    const formatter = createFormatter(timezone);
    const [oldest] = formatters.keys();
    if (formatters.size >= ZONES_MAX && oldest !== undefined) formatters.delete(oldest);
    formatters.set(timezone, formatter);
    return formatter;
  }

  return {
    has: (timezone) => zonesMeantBy(timezone).length === 0 && formatterOf(timezone) !== null,
    hasOffsets: (timezone) => formatterOf(timezone) !== null,
    offsetMs: (timezone, instantMs) => {
      const formatter = timezone === "UTC" ? null : formatterOf(timezone);
      return formatter === null ? 0 : offsetBy(formatter, instantMs);
    },
  };
}

/** What is wrong with a name that is no time zone; `data` has the one that was meant, where that is sure. */
export interface TimeZoneProblem {
  readonly message: string;
  readonly data: Readonly<Record<string, string>>;
}

/** What is wrong with a name that is no time zone, and the one that was most likely meant. */
export function noTimeZone(timezone: string): TimeZoneProblem {
  return abbreviated(timezone) ?? unknownZone(timezone);
}

/** What is wrong with an abbreviation such as `BST`; null for all else. */
export function abbreviated(timezone: string): TimeZoneProblem | null {
  const [first, ...others] = zonesMeantBy(timezone);
  if (first === undefined) return null;
  const zones = [first, ...others].map((zone) => `"${zone}"`).join(" or ");
  const message = `"${timezone}" is an abbreviation, no time zone: write the place, ${zones}`;
  return { message, data: others.length === 0 ? { nearest: first } : {} };
}

function unknownZone(timezone: string): TimeZoneProblem {
  const zones = Intl.supportedValuesOf("timeZone");
  const written = timezone.toLowerCase().replaceAll(" ", "_");
  const ofCity = zones.find((zone) => zone.toLowerCase().endsWith(`/${written}`));
  const meant = ofCity ?? nearestName(timezone, zones);
  const shown = `"${timezone.slice(0, 60)}" is no time zone`;
  return meant === null
    ? { message: `${shown}: write one such as "Europe/Berlin"`, data: {} }
    : { message: `${shown}. Did you mean "${meant}"?`, data: { nearest: meant } };
}

function createFormatter(timezone: string): Intl.DateTimeFormat | null {
  if (timezone.length > 64 || !/^[A-Za-z]/.test(timezone)) return null;
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      era: "short",
    });
  } catch {
    // The engine knows no such zone; the caller says so.
    return null;
  }
}

function offsetBy(formatter: Intl.DateTimeFormat, instantMs: number): number {
  const seconds = Math.floor(instantMs / 1000) * 1000;
  const [month, day, year, hour, minute, second] = formatter.format(seconds).match(/\d+/g) ?? [];
  const isBefore = formatter.format(seconds).includes("B");
  const wall = new Date(0);
  wall.setUTCFullYear(isBefore ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  wall.setUTCHours(Number(hour), Number(minute), Number(second));
  return wall.getTime() - seconds;
}
