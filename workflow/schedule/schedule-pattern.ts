/** The fields of a cron in their order, each with what a value of it is; the first may be left out. */
const FIELDS = [
  String.raw`[0-5]?\d`,
  String.raw`[0-5]?\d`,
  String.raw`[01]?\d|2[0-3]`,
  String.raw`(?:0?[1-9]|[12]\d|3[01])W?|L(?:-\d{1,2})?W?`,
  `0?[1-9]|1[0-2]|${anyCase("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")}`,
  `(?:0?[0-7]|${anyCase("SUN MON TUE WED THU FRI SAT")})(?:L|#[1-5L])?|L`,
].map(parts);

/** The form of each field of a cron with seconds; one without has the last five. Some that match are no field all the same, such as `5-1`. */
export const FIELD_PATTERNS: readonly RegExp[] = FIELDS.map((field) => new RegExp(`^${field}$`));

/** The form of every schedule that can be read: a cron, a word with `@`, or `every` and a time. Some that match cannot be read. */
export const SCHEDULE_PATTERN: RegExp = (() => {
  const [second = "", ...others] = FIELDS;
  const cron = String.raw`(?:${second}\s+)?${others.join(String.raw`\s+`)}`;
  return new RegExp(String.raw`^\s*(?:@\w+|[Ee][Vv][Ee][Rr][Yy]\s+\S+|${cron})\s*$`);
})();

/** Parts with commas between them: each a value, a span or all, with a step or without. */
function parts(value: string): string {
  const part = String.raw`(?:[*?]|(?:${value})(?:-(?:${value}))?)(?:/\d{1,3})?`;
  return `${part}(?:,${part})*`;
}

/** Words, whatever their case; the flag for that does not go into a JSON Schema. */
function anyCase(words: string): string {
  const either = (letter: string): string => `[${letter}${letter.toLowerCase()}]`;
  return words
    .split(" ")
    .map((word) => word.split("").map(either).join(""))
    .join("|");
}
