/** Two types that an operator may stand between, in any order, and what to write. */
interface Advice {
  readonly types: readonly [string, string];
  /** Undefined for any. */
  readonly operator?: string;
  readonly advice: string;
}

/** CEL knows sums of durations only. */
const SCALED_DURATION =
  'Compute with its seconds, x.getSeconds(), and make them a duration with duration(string(seconds) + "s")';

/** The first that fits counts. A date is text, `2026-03-01`. */
const ADVICE: readonly Advice[] = [
  {
    types: ["duration", "string"],
    operator: "+",
    advice: "A date is made a time with datetime(…), and a time a date with .date()",
  },
  { types: ["duration", "string"], operator: "-", advice: "A date is made a time with datetime(…)" },
  { types: ["timestamp", "string"], operator: "+", advice: 'Write a duration as duration("1d")' },
  {
    types: ["timestamp", "string"],
    operator: "-",
    advice: 'Write duration("1d"), or a time as timestamp("…")',
  },
  ...["int", "double", "bool"].map((type): Advice => ({
    types: [type, "string"],
    operator: "+",
    advice: `Make the ${type} text with string(…)`,
  })),
  { types: ["timestamp", "string"], advice: 'Make the text a time with timestamp("…")' },
  { types: ["duration", "string"], advice: 'Write a duration as duration("30s")' },
  ...["*", "/"].flatMap((operator) =>
    ["int", "double"].map((type): Advice => ({
      types: ["duration", type],
      operator,
      advice: SCALED_DURATION,
    })),
  ),
  { types: ["duration", "int"], advice: 'Write a duration as duration("30s")' },
  { types: ["int", "double"], advice: "Make the int a double with double(…)" },
  { types: ["int", "string"], advice: "Make the text a number with int(…)" },
  { types: ["double", "string"], advice: "Make the text a number with double(…)" },
];

/** For what is no operator between two types that can be made one. */
const OTHER_ADVICE: readonly { readonly of: RegExp; readonly advice: string }[] = [
  {
    of: /^A value of type string has no members$/,
    advice:
      "Its length is size(…), a part of it text.substring(0, 1), and a part of a date datetime(day).getFullYear()",
  },
  {
    of: /^Function does not take these arguments: "string\.(get\w+)\(/,
    advice: "A date is text here: write datetime(day).$1()",
  },
  {
    of: /^Function does not take these arguments: "(?:\w+\.)?format_date\(/,
    advice: 'Write format_date(time, "%Y-%m-%d")',
  },
  { of: /^Expression must give bool, gives string$/, advice: 'Ask for its value: x != ""' },
  { of: /^Expression must give bool, gives (?:int|double)$/, advice: "Ask for its value: x != 0" },
  { of: /^Expression must give bool, gives (?:list|map)\b/, advice: "Ask how much it holds: size(x) > 0" },
  { of: /^Operator does not fit: !string$/, advice: 'Ask for its value: x == ""' },
  { of: /^Operator does not fit: !(?:int|double)$/, advice: "Ask for its value: x == 0" },
  { of: /^Operator does not fit: !(?:list|map)\b/, advice: "Ask how much it holds: size(x) == 0" },
  { of: /^Operator does not fit: string in string$/, advice: "Write text.contains(part)" },
  {
    of: /^Operator does not fit: bool (?:[<>]=?) \w+$/,
    advice: "Each comparison has two sides: write a < b && b < c",
  },
  {
    of: /^Operator does not fit: (?:bool [!=]= string|string [!=]= bool)$/,
    advice: "Write true or false without quotes",
  },
  { of: /^Operator does not fit: string % /, advice: 'Join parts with +, "day " + params.day' },
  { of: /^Function does not take these arguments: "list(?:<.*>)?\.contains\(/, advice: "Write item in list" },
];

/** What to write where an operator does not take values of these types, as a sentence to follow: `. Make …`; "" when nothing is sure. */
export function adviseOnTypes(problem: string): string {
  const known = OTHER_ADVICE.find(({ of }) => of.test(problem));
  if (known !== undefined) return `. ${known.advice.replace("$1", known.of.exec(problem)?.[1] ?? "")}`;
  const [, left = "", operator = "", right = ""] =
    /^Operator does not fit: (\S+) (\S+) (\S+)$/.exec(problem) ??
    /^Both cases of a choice must be of one type: they are (\S+) (and) (\S+)$/.exec(problem) ??
    [];
  const found = ADVICE.find(
    (one) =>
      one.types.includes(left) &&
      one.types.includes(right) &&
      left !== right &&
      (one.operator ?? operator) === operator,
  );
  return found === undefined ? "" : `. ${found.advice}`;
}
