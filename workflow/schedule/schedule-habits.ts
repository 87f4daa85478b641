/** What an author of schedules of other systems is told. */
export interface ScheduleAdvice {
  /** A sentence, or several. */
  readonly text: string;
  /** What to write instead, where that is sure. */
  readonly nearest?: string;
}

/** A whole schedule as another system writes it; null for none that is known. */
export function scheduleMeantBy(written: string): ScheduleAdvice | null {
  const text = written.trim();
  const within = /^cron\((.*)\)$/i.exec(text)?.[1];
  if (within !== undefined)
    return { text: "A cron stands alone, without cron( ) around it, and has no year" };
  const nearest = nicknameIn(text) ?? intervalIn(text);
  return nearest === null || nearest === text ? null : didYouMean(`"${shown(text)}" is no schedule`, nearest);
}

/** `rate(5 minutes)`, `@every 1h`, `5 minutes`, `every 5 minutes`, `PT15M`, `every minute`. */
function intervalIn(text: string): string | null {
  const [, amount = "", unit = ""] =
    /^(?:rate\(|@every\s+|every\s+)?(\d{1,6})\s*([a-z]+)\)?$/i.exec(text) ??
    /^PT(\d{1,6})([HMS])$/i.exec(text) ??
    /^every\s+(1?)(minute|second)$/i.exec(text) ??
    [];
  const letter = UNIT.test(unit) ? unit.charAt(0).toLowerCase() : "";
  return letter === "" ? null : `every ${amount === "" ? 1 : Number(amount)}${letter}`;
}

const UNIT = /^(?:[smhd]|(?:sec|second|min|minute|hr|hour|day)s?)$/i;

/** `daily`, `every week`. */
function nicknameIn(text: string): string | null {
  const [, name = ""] = /^(hourly|daily|midnight|weekly|monthly|yearly|annually)$/i.exec(text) ?? [];
  if (name !== "") return `@${name.toLowerCase()}`;
  const [, unit = ""] = /^every\s+(hour|day|week|month|year)$/i.exec(text) ?? [];
  return unit === "" ? null : `@${unit.toLowerCase().replace("day", "dai")}ly`;
}

/** The least and the greatest number of each field of a cron, seconds first. */
const RANGES = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** The places of two of them. */
const HOUR = 2;
const WEEKDAY = 5;

/** The unit of an interval for each field that counts one. */
const UNITS = ["s", "m", "h", "d"] as const;

const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;

/** What to say of a field that is wrong; `at` counts from the seconds. Null where nothing is sure. */
export function fieldAdvice(field: string, at: number): ScheduleAdvice | null {
  const range = RANGES[at] ?? [0, 0];
  return (
    wideStep(field, at, range) ??
    foreignSign(field, at) ??
    wrappedRange(field, at, range) ??
    numberBeyond(field, range)
  );
}

type Range = readonly [min: number, max: number];

/** A step that leads beyond the field starts anew with each round. */
function wideStep(field: string, at: number, [, max]: Range): ScheduleAdvice | null {
  const step = Number(/^(?:\*|\d+)\/(\d{1,6})$/.exec(field)?.[1] ?? 0);
  const unit = UNITS[at];
  if (step <= max || unit === undefined) return null;
  return { text: `A step goes up to ${max}. For what lies further apart write "every ${step}${unit}"` };
}

function foreignSign(field: string, at: number): ScheduleAdvice | null {
  if (/^H\b/.test(field))
    return { text: 'Write a number, and "jitter" beside the schedule to spread the starts' };
  if (at === WEEKDAY && /^\d{4}/.test(field)) return { text: YEAR };
  return at === HOUR && field === "24" ? didYouMean("Hours go from 0 to 23, and midnight is 0", "0") : null;
}

function numberBeyond(field: string, [min, max]: Range): ScheduleAdvice | null {
  const isBeyond = /^\d+$/.test(field) && (Number(field) < min || Number(field) > max);
  return isBeyond ? { text: `It goes from ${min} to ${max}` } : null;
}

const YEAR =
  'A cron has no year here: "starts" and "ends" beside the schedule say from when to when it fires';

/** Of how many fields a cron is; null for the usual advice. */
export function countAdvice(fields: readonly string[]): string | null {
  return fields.length === 7 && /^(?:\*|\?|\d{4}(?:[-,/].*)?)$/.test(fields[6] ?? "") ? YEAR : null;
}

/** `22-2` of hours is `22-23,0-2`. */
function wrappedRange(field: string, at: number, [min, greatest]: Range): ScheduleAdvice | null {
  const max = at === WEEKDAY ? 6 : greatest;
  const [, first = "", last = ""] = /^(\w{1,3})-(\w{1,3})$/.exec(field) ?? [];
  const [from, to] = [numberOf(first, at), numberOf(last, at)];
  if (from === null || to === null || from <= to || from > max || to < min) return null;
  return didYouMean("A range goes upwards", `${span(from, max)},${span(min, to)}`);
}

function span(from: number, to: number): string {
  return from === to ? String(from) : `${from}-${to}`;
}

function numberOf(text: string, at: number): number | null {
  const named = WEEKDAYS.findIndex((name) => name === text.toUpperCase());
  if (at === WEEKDAY && named >= 0) return named;
  return /^\d{1,2}$/.test(text) ? Number(text) : null;
}

function didYouMean(text: string, nearest: string): ScheduleAdvice {
  return { text: `${text}. Did you mean "${nearest}"?`, nearest };
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
