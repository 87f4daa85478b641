import { formatDuration, parseDuration } from "../types/duration.js";
import { cronPattern } from "./cron-slots.js";

/**
 * One spelling for all schedules that fire at the same times and differ only in how they are written: nicknames, names of
 * days and months, leading zeros, the order of a list, a second of 0, blanks. For comparing; what an author wrote is shown.
 */
export function canonicalSchedule(text: string): string {
  const [, interval] = /^\s*every\s+(\S+)\s*$/i.exec(text) ?? [];
  const intervalMs = interval === undefined ? null : parseDuration(interval);
  if (intervalMs !== null) return `every ${formatDuration(intervalMs)}`;
  const fields = cronPattern(text).split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) return fields.join(" ");
  const [second = "", ...others] = fields.length === 5 ? ["0", ...fields] : fields;
  const canonical = [second, ...others].map((field, index) => canonicalField(field, index));
  return (canonical[0] === "0" ? canonical.slice(1) : canonical).join(" ");
}

/** By the place of the field in a cron with seconds. */
const NAMES: Readonly<Record<number, readonly string[]>> = {
  4: ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  5: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};

const WEEKDAY = 5;

/** Such as nearly all fields are: there is nothing to write otherwise. Of 7 there is where it is a day. */
const IS_CANONICAL = /^(?:\*|[0-689]|[1-9]\d)$/;

function canonicalField(field: string, index: number): string {
  if (IS_CANONICAL.test(field)) return field;
  const parts = field.split(",").map((part) => canonicalPart(part, index));
  // A field of days that begins with a star is not restricted: the order of its parts means something.
  if (parts.some((part) => part.startsWith("*"))) return parts.join(",");
  return [...new Set(parts)].sort(byNumber).join(",");
}

function canonicalPart(part: string, index: number): string {
  // Sunday, with its two numbers, may end a week as well as begin it.
  const upper = part
    .toUpperCase()
    .replaceAll("?", "*")
    .replace(/^(?!SUN)(.*)-SUN/, "$1-7");
  const named = upper.replaceAll(/[A-Z]{3}/g, (word) => numberOf(word, NAMES[index] ?? []));
  const plain = named.replaceAll(/\d+/g, (digits) => String(Number(digits)));
  return index === WEEKDAY ? plain.replace(/^7(?=$|[L#])/, "0") : plain;
}

function numberOf(word: string, names: readonly string[]): string {
  const number = names.indexOf(word);
  return number < 0 ? word : String(number);
}

function byNumber(one: string, other: string): number {
  const difference = parseInt(one, 10) - parseInt(other, 10);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  return one < other ? -1 : 1;
}
