import { Cron } from "croner";
import { nearestName } from "../diagnostics/nearest-name.js";
import { countAdvice, fieldAdvice } from "./schedule-habits.js";
import { FIELD_PATTERNS } from "./schedule-pattern.js";

/** What a cron of 5 or 6 fields means on a wall clock: the wall is written as if it were UTC. */
export interface CronSlots {
  /** The first slot at or after that wall time, in milliseconds; null when there is none for many years. */
  readonly nextAtOrAfter: (wallMs: number) => number | null;
  /** Whether the hour field has a `*`: such a cron counts elapsed time rather than naming times of day. */
  readonly isEveryHour: boolean;
}

/** Where a cron is wrong; offsets into its text. */
export interface CronProblem {
  readonly message: string;
  /** What was most likely meant. */
  readonly nearest?: string;
  readonly start: number;
  readonly end: number;
}

const NICKNAMES: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};
const ANSWERS_KEPT = 4;
const FIELD_NAMES = ["second", "minute", "hour", "day of the month", "month", "day of the week"] as const;

/** The fields that a nickname such as `@daily` stands for; any other text as it is, without blanks around. */
export function cronPattern(text: string): string {
  const trimmed = text.trim();
  return NICKNAMES[trimmed.toLowerCase()] ?? trimmed;
}

/** Reads a cron or a nickname such as `@daily`; the problem when it is none. */
export function readCron(text: string): CronSlots | CronProblem {
  const trimmed = text.trim();
  const pattern = cronPattern(text);
  const whole = { start: text.indexOf(trimmed), end: text.indexOf(trimmed) + trimmed.length };
  if (pattern.startsWith("@")) {
    return { ...unknownNickname(pattern), ...whole };
  }
  const fields = [...pattern.matchAll(/\S+/g)];
  if (fields.length !== 5 && fields.length !== 6) {
    const advice = countAdvice(fields.map(([field]) => field));
    const message = `A cron has 5 fields, or 6 with seconds first; this has ${fields.length}`;
    return { message: advice === null ? message : `${message}. ${advice}`, ...whole };
  }
  const wrong = fields.findIndex((_, index) => !isField(fields, index));
  const field = fields[wrong];
  if (field !== undefined) {
    const start = whole.start + field.index;
    const problem = fieldProblem(field[0], wrong + FIELD_NAMES.length - fields.length);
    return { ...problem, start, end: start + field[0].length };
  }
  const hour = fields[fields.length - 4]?.[0] ?? "";
  return { nextAtOrAfter: slotsOf(createCron(pattern)), isEveryHour: /[*?]/.test(hour) };
}

/** @param at counted from the seconds */
function fieldProblem(field: string, at: number): Pick<CronProblem, "message" | "nearest"> {
  const message = `"${shown(field)}" is no ${FIELD_NAMES[at] ?? "field"} of a cron`;
  const advice = fieldAdvice(field, at);
  if (advice === null) return { message };
  const { nearest } = advice;
  return { message: `${message}. ${advice.text}`, ...(nearest === undefined ? {} : { nearest }) };
}

function unknownNickname(written: string): Pick<CronProblem, "message" | "nearest"> {
  const names = Object.keys(NICKNAMES);
  const nearest = nearestName(written, names);
  if (nearest === null)
    return { message: `"${shown(written)}" is not known: write one of ${names.join(", ")}` };
  return { message: `"${shown(written)}" is not known. Did you mean "${nearest}"?`, nearest };
}

/** Whether a field is right on its own, every other one being `*`. */
function isField(fields: readonly RegExpExecArray[], index: number): boolean {
  const field = fields[index]?.[0] ?? "";
  // The library's sign for "both day fields must match", which no other cron has.
  if (field.includes("+") || field.length > 200) return false;
  // The library lets pass some numbers beyond the range of their field, such as `0-60/7`.
  if (FIELD_PATTERNS[index + FIELD_PATTERNS.length - fields.length]?.test(field) !== true) return false;
  try {
    createCron(fields.map((_, at) => (at === index ? field : "*")).join(" "));
    return true;
  } catch {
    // The library throws plain errors with texts of its own; the field is what matters.
    return false;
  }
}

/** A fixed offset, not a zone: the library's way through a zone is slower, and its clock changes are not ours. */
function createCron(pattern: string): Cron {
  const [weekday = "", , day = ""] = pattern.split(/\s+/).reverse();
  const domAndDow = needsBothDays(day, weekday);
  return new Cron(pattern, { utcOffset: 0, mode: "5-or-6-parts", paused: true, domAndDow });
}

/**
 * Of two day fields either is enough, but when one begins with a star, with or without a step: then both must match.
 * See crontab(5) of Vixie's cron, and docs/decisions/0033-days-of-cron.md.
 */
export function needsBothDays(day: string, weekday: string): boolean {
  return /^[*?]/.test(day) || /^[*?]/.test(weekday);
}

/**
 * The last answers are kept, since each holds for all that may be asked between its question and itself: schedules that are due together
 * often have the same cron, and each asks for its slot and for the one after it.
 */
function slotsOf(cron: Cron): (wallMs: number) => number | null {
  const answers: { readonly asked: number; readonly found: number }[] = [];
  let oldest = 0;
  return (wallMs) => {
    const kept = answers.find(({ asked, found }) => asked <= wallMs && wallMs <= found);
    if (kept !== undefined) return kept.found;
    const found = cron.nextRun(new Date(Math.ceil(wallMs / 1000) * 1000 - 1000))?.getTime() ?? null;
    if (found === null) return null;
    answers[oldest] = { asked: wallMs, found };
    oldest = (oldest + 1) % ANSWERS_KEPT;
    return found;
  };
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
