/** One part of a cron's field, such as `5`, `1-5`, `*` followed by `/15`. */
export interface FieldPart {
  /** `every` is the whole range, with its step. */
  readonly kind: "one" | "span" | "every";
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface FieldRange {
  readonly min: number;
  readonly max: number;
  /** Names that stand for numbers, in upper case. */
  readonly names?: Readonly<Record<string, number>>;
}

/** The parts of a field in their order; null when it holds anything else than numbers, spans and steps. */
export function readField(field: string, range: FieldRange): readonly FieldPart[] | null {
  const parts = field.split(",").map((part) => readPart(part, range));
  return parts.every((part) => part !== null) ? parts : null;
}

function readPart(text: string, range: FieldRange): FieldPart | null {
  const [base = "", written] = text.split("/");
  const step = written === undefined ? 1 : stepIn(written);
  if (step === null) return null;
  if (base === "*" || base === "?") return { kind: "every", from: range.min, to: range.max, step };
  return spanFrom(base.split("-"), step, range);
}

function stepIn(text: string): number | null {
  return /^[1-9]\d{0,2}$/.test(text) ? Number(text) : null;
}

function spanFrom([first = "", last]: readonly string[], step: number, range: FieldRange): FieldPart | null {
  const from = numberOf(first, range);
  if (from === null) return null;
  if (last === undefined && step === 1) return { kind: "one", from, to: from, step };
  const to = last === undefined ? range.max : numberOf(last, range);
  return to === null ? null : { kind: "span", from, to, step };
}

function numberOf(text: string, { min, max, names = {} }: FieldRange): number | null {
  const named = names[text.toUpperCase()];
  if (named !== undefined) return named;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return number >= min && number <= max ? number : null;
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** "1st", "2nd", "11th". */
export function ordinal(number: number): string {
  const isTeen = number % 100 >= 11 && number % 100 <= 13;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${ending}`;
}
