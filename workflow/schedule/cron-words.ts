import { dayPhrase, monthPhrase } from "./cron-day-words.js";
import { cronPattern } from "./cron-slots.js";
import { listed, ordinal, readField, type FieldPart } from "./cron-field.js";

/** A cron of 5 or 6 fields, or a nickname, in words: "Monday to Friday at 06:00". Null for what is none; `parseSchedule` says why. */
export function cronInWords(text: string): string | null {
  const fields = cronPattern(text).split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) return null;
  const fromEnd = (nth: number): string => fields.at(-nth) ?? "0";
  const days = dayPhrase(fromEnd(3), fromEnd(1));
  const months = monthPhrase(fromEnd(2));
  const time = timeOf(fromEnd(6), fromEnd(5), fromEnd(4));
  if (days === null || months === null || time === null) return null;
  const when = [days.text, months].filter((part) => part !== "").join(" ");
  return sentence(time, when, days.namesNumber && months === "");
}

interface TimePhrase {
  readonly text: string;
  /** It names times of day, not how often it fires. */
  readonly isOfDay: boolean;
}

function sentence({ text, isOfDay }: TimePhrase, when: string, isMonthly: boolean): string {
  const days = isMonthly ? `${when} of every month` : when;
  if (!isOfDay) return capital(days === "" ? text : `${text}, ${days}`);
  return capital(days === "" ? `every day ${text}` : `${days} ${text}`);
}

/** More times of day than one reads at once are told by their parts. */
const TIMES_MAX = 6;

function timeOf(second: string, minute: string, hour: string): TimePhrase | null {
  const seconds = readField(second, { min: 0, max: 59 });
  const minutes = readField(minute, { min: 0, max: 59 });
  const hours = readField(hour, { min: 0, max: 23 });
  if (seconds === null || minutes === null || hours === null) return null;
  const times = clockTimes(second, minutes, hours);
  if (times !== null) return { text: `at ${listed(times)}`, isOfDay: true };
  const isAtZero = second === "0" || second === "00";
  const text = isAtZero
    ? minutePhrase(minutes, hours)
    : secondPhrase(seconds) + minutesOfHour(minutes) + hoursPhrase(hours);
  return { text, isOfDay: false };
}

/** Each time of day, where there are few of them. */
function clockTimes(
  second: string,
  minutes: readonly FieldPart[],
  hours: readonly FieldPart[],
): readonly string[] | null {
  if (!/^\d+$/.test(second)) return null;
  const singles = [...minutes, ...hours].every((part) => part.kind === "one");
  if (!singles || minutes.length * hours.length > TIMES_MAX) return null;
  const tail = Number(second) === 0 ? "" : `:${twoDigits(Number(second))}`;
  const times = hours.flatMap((hour) =>
    minutes.map((minute) => `${twoDigits(hour.from)}:${twoDigits(minute.from)}${tail}`),
  );
  return times.sort();
}

function secondPhrase(seconds: readonly FieldPart[]): string {
  const step = stepOf(seconds);
  return step === null ? `at second ${listed(seconds.map(rangeText))}` : every(step, "second");
}

function minutesOfHour(minutes: readonly FieldPart[]): string {
  return stepOf(minutes) === 1 ? "" : ` of minute ${listed(minutes.map(rangeText))}`;
}

function minutePhrase(minutes: readonly FieldPart[], hours: readonly FieldPart[]): string {
  const everyMinutes = stepOf(minutes);
  if (everyMinutes !== null) return every(everyMinutes, "minute") + hoursPhrase(hours);
  const everyHours = stepOf(hours);
  const [first, second] = minutes;
  const isOnTheHour = second === undefined && first?.kind === "one" && first.from === 0;
  if (isOnTheHour) return every(everyHours ?? 1, "hour") + (everyHours === null ? hoursPhrase(hours) : "");
  const of = everyHours === 1 ? " of every hour" : hoursPhrase(hours);
  return `at minute ${listed(minutes.map(rangeText))}${of}`;
}

/** The step of a field that is all of its range; null for any other. */
function stepOf([part, another]: readonly FieldPart[]): number | null {
  return part?.kind === "every" && another === undefined ? part.step : null;
}

/** Empty for every hour of the day. */
function hoursPhrase(hours: readonly FieldPart[]): string {
  const step = stepOf(hours);
  if (step !== null) return step === 1 ? "" : ` of ${every(step, "hour")}`;
  const spans = hours.map((hour) => {
    const often = hour.step === 1 ? "" : ` (${every(hour.step, "hour")})`;
    return hour.kind === "one"
      ? `${twoDigits(hour.from)}:00`
      : `${twoDigits(hour.from)}:00 to ${twoDigits(hour.to)}:59${often}`;
  });
  return hours.every(({ kind }) => kind === "one")
    ? ` in the ${hours.length === 1 ? "hour" : "hours"} from ${listed(spans)}`
    : ` from ${listed(spans)}`;
}

function every(step: number, unit: string): string {
  return step === 1 ? `every ${unit}` : `every ${step} ${unit}s`;
}

function rangeText({ kind, from, to, step }: FieldPart): string {
  if (kind === "one") return String(from);
  const span = `${from} to ${to}`;
  return step === 1 ? span : `every ${ordinal(step)} from ${span}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
