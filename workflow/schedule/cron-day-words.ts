import { needsBothDays } from "./cron-slots.js";
import { listed, ordinal, readField, type FieldPart, type FieldRange } from "./cron-field.js";

/** On which days a cron fires, in words; empty for every day. */
export interface DayPhrase {
  readonly text: string;
  /** It names days by their number in the month. */
  readonly namesNumber: boolean;
}

/** The fields of the day of the month and of the week, of which either is enough where both are restricted; see `needsBothDays`. */
export function dayPhrase(day: string, weekday: string): DayPhrase | null {
  const numbers = isAny(day) ? "" : numberPhrase(day);
  const names = isAny(weekday) ? "" : weekdayPhrase(weekday);
  if (numbers === null || names === null) return null;
  if (numbers === "" || names === "") return { text: numbers + names, namesNumber: numbers !== "" };
  const both = needsBothDays(day, weekday)
    ? `but only ${names.replace(/^every /, "on ")}`
    : `and also ${names}`;
  return { text: `${numbers}, ${both},`, namesNumber: false };
}

/** The field of the month; empty for every month. */
export function monthPhrase(month: string): string | null {
  if (isAny(month)) return "";
  const parts = readField(month, MONTH_RANGE);
  if (parts === null) return null;
  const [part] = parts;
  if (parts.length === 1 && part?.kind === "every")
    return `of every ${ordinal(part.step)} month from January`;
  return `in ${listed(parts.map((each) => spanText(each, MONTHS)))}`;
}

function isAny(field: string): boolean {
  return /^[*?](?:\/1)?$/.test(field);
}

function numberPhrase(day: string): string | null {
  if (day.toUpperCase() === "L") return "on the last day";
  const nearest = /^(\d{1,2})W$/i.exec(day)?.[1];
  if (nearest !== undefined) return `on the weekday nearest to the ${ordinal(Number(nearest))}`;
  const parts = readField(day, { min: 1, max: 31 });
  if (parts === null) return null;
  const [part] = parts;
  if (parts.length === 1 && part?.kind === "every") return `on every ${ordinal(part.step)} day from the 1st`;
  return `on the ${listed(parts.map(numberText))}`;
}

function numberText({ kind, from, to, step }: FieldPart): string {
  if (kind === "one") return ordinal(from);
  return `${step === 1 ? "" : `every ${ordinal(step)} day from the `}${ordinal(from)} to the ${ordinal(to)}`;
}

function weekdayPhrase(weekday: string): string | null {
  const special = weekday.split(",").map(specialWeekday);
  if (special.every((text) => text !== null)) return `on the ${listed(special)}`;
  const parts = readField(weekday, WEEKDAY_RANGE);
  if (parts === null) return null;
  const [part] = parts;
  if (parts.length === 1 && part?.kind === "every")
    return `on every ${ordinal(part.step)} day of the week from Sunday`;
  const texts = parts.map((each) => spanText(each, WEEKDAYS));
  if (parts.length === 1 && part?.kind === "span") return texts.join("");
  return parts.length === 1 ? `every ${texts.join("")}` : `on ${listed(texts)}`;
}

/** `5L` is the last Friday of the month, `5#2` the second. */
function specialWeekday(text: string): string | null {
  const [, name = "", last, nth] = /^(\w{1,3}?)(?:(L)|#([1-5]))$/i.exec(text) ?? [];
  const [day] = readField(name, WEEKDAY_RANGE) ?? [];
  if (day?.kind !== "one") return null;
  const which = last === undefined ? ordinal(Number(nth)) : "last";
  return `${which} ${WEEKDAYS[day.from] ?? ""} of the month`;
}

function spanText({ kind, from, to, step }: FieldPart, names: readonly string[]): string {
  const first = names[from] ?? "";
  if (kind === "one") return first;
  const span = `${first} to ${names[to] ?? ""}`;
  return step === 1 ? span : `every ${ordinal(step)} from ${span}`;
}

const WEEKDAYS = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

/** Counted from 1. */
const MONTHS = [
  "",
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

const WEEKDAY_RANGE: FieldRange = { min: 0, max: 7, names: shortNames(WEEKDAYS.slice(0, 7)) };
const MONTH_RANGE: FieldRange = { min: 1, max: 12, names: shortNames(MONTHS) };

function shortNames(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name, number) => [name.slice(0, 3).toUpperCase(), number]));
}
