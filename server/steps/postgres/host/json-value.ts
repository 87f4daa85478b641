import { parseExactly, type Json } from "@headwater/workflow";
import { durationText, timestampText } from "../../databases/moment-texts.js";
import { parseArrayText } from "./array-text.js";

type Read = (text: string) => Json;

/**
 * What PostgreSQL sends as text, as plain data, the same as of DuckDB: whole numbers as numbers while they are exact (else as
 * text), decimals as doubles, dates `YYYY-MM-DD`, timestamps RFC 3339 in UTC, intervals without months as durations, arrays as
 * lists, JSON as what it says with the same whole numbers, anything else as PostgreSQL writes it. The session's time zone is UTC, its intervals ISO 8601.
 */
export function toJson(text: string | null, type: number): Json {
  if (text === null) return null;
  const element = ELEMENT_OF[type];
  if (element === undefined) return (READ[type] ?? asItIs)(text);
  return parseArrayText(text, (item) => toJson(item, element));
}

const asItIs: Read = (text) => text;

const wholeNumber: Read = (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);

const double: Read = (text) => (Number.isFinite(Number(text)) ? Number(text) : null);

/**
 * `2026-03-02 06:00:00.5+00`, or of the zone that the query has set. Infinite ones and those before Christ are no instants; what
 * RFC 3339 has no text for, a year of five digits, stays as the server writes it.
 */
const timestamp: Read = (text) => {
  if (/infinity|BC$/.test(text)) return null;
  const [, day, time = "", hours = "+00", minutes = "00"] =
    /^(\d{4}-\d\d-\d\d) ([\d:.]+)(?:([+-]\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
  const at = Date.parse(`${day ?? ""}T${time}${hours}:${minutes}`);
  return Number.isNaN(at) ? text : timestampText(at);
};

/** `P1DT2H3.5S`; one with months or years has no length, and stays as it is. */
const interval: Read = (text) => {
  const [matched, days, hours, minutes, seconds] =
    /^P(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?)?$/.exec(text) ?? [];
  if (matched === undefined) return text;
  const part = (value: string | undefined, ms: number): number => Number(value ?? 0) * ms;
  return durationText(
    part(days, 86_400_000) + part(hours, 3_600_000) + part(minutes, 60_000) + part(seconds, 1000),
  );
};

/** By the numbers of the server's types. Source: pg_type.dat of PostgreSQL. */
const READ: Readonly<Record<number, Read>> = {
  16: (text) => text === "t",
  20: wholeNumber,
  21: wholeNumber,
  23: wholeNumber,
  26: wholeNumber,
  700: double,
  701: double,
  1700: double,
  1114: timestamp,
  1184: timestamp,
  1186: interval,
  114: parseExactly,
  3802: parseExactly,
};

/** The type of the elements of an array's type. */
const ELEMENT_OF: Readonly<Record<number, number>> = {
  1000: 16,
  1002: 18,
  1003: 19,
  1005: 21,
  1007: 23,
  1009: 25,
  1014: 1042,
  1015: 1043,
  1016: 20,
  1021: 700,
  1022: 701,
  1028: 26,
  1115: 1114,
  1182: 1082,
  1185: 1184,
  1187: 1186,
  1231: 1700,
  199: 114,
  2951: 2950,
  3807: 3802,
};
