import type { ExpressionProblem } from "./expression-problem.js";
import { adviceForFunction } from "./function-habits.js";

/** What is written where CEL cannot be read on, and what to write. */
export type SyntaxAdvice = Pick<ExpressionProblem, "message" | "start" | "end" | "nearest">;

/** What people write out of habit from another language → what CEL writes. */
const OPERATORS: Readonly<Record<string, string>> = {
  "=": "==",
  "===": "==",
  "!==": "!=",
  "<>": "!=",
  "=<": "<=",
  "&": "&&",
  "|": "||",
  and: "&&",
  or: "||",
  not: "!",
  is: "==",
};

/**
 * What an author who is used to another language most likely meant where reading stopped at `at`; null when nothing of the
 * kind stands there. The parser says only which token it wanted.
 */
export function adviseOnSyntax(source: string, at: number, summary: string): SyntaxAdvice | null {
  return (
    questionAt(source, at) ??
    choiceInWords(source, at) ??
    foreignFormAt(source, at) ??
    filterAt(source, at) ??
    habitAt(source, at) ??
    adviceFor(source, at, summary)
  );
}

function habitAt(source: string, at: number): SyntaxAdvice | null {
  for (const { start, text } of [
    operatorAround(source, at),
    wordAround(source, at),
    wordBefore(source, at),
  ]) {
    const meant = Object.hasOwn(OPERATORS, text) ? OPERATORS[text] : undefined;
    if (meant === undefined) continue;
    return {
      message: `There is no "${text}": write "${meant}"`,
      start,
      end: start + text.length,
      nearest: meant,
    };
  }
  const { start, text } = operatorAround(source, at);
  if (text === "=~") return { message: `There is no "=~": write s.matches("…")`, start, end: start + 2 };
  if (text !== "++" && text !== "--") return null;
  return {
    message: `There is no "${text}": nothing can be changed, write ${text[0] ?? ""} 1`,
    start,
    end: start + 2,
  };
}

/** Forms that other languages have, by what stands before the place where reading stopped, and behind it. */
const FOREIGN_FORMS: readonly {
  readonly before: RegExp;
  readonly after: RegExp;
  readonly message: string;
}[] = [
  {
    before: /(?:^|\W)f$/,
    after: /^["']/,
    message: `There are no f"…" texts: join parts with +, "day " + params.day`,
  },
  {
    before: /$/,
    after: /^is\s+(?:not\s+)?defined\b/,
    message: "Whether something is there is asked with has(steps.a.outputs.rows)",
  },
  { before: /$/, after: /^is\s+not\b/, message: 'There is no "is not": write "!="' },
  { before: /$/, after: /^not\s+in\b/, message: 'There is no "not in": write !(item in list)' },
  { before: /$/, after: /^for\b/, message: "A loop is written list.map(x, x + 1)" },
  {
    before: /\w\((?:[^()]*,)?\s*\w+\s*$/,
    after: /^=(?![=>])/,
    message: "Arguments have no names: write them alone, in their order",
  },
  { before: /\bin\s*\([^()]*$/, after: /^,/, message: 'A list stands in brackets: write in ["a", "b"]' },
  { before: /$/, after: /^\$\w/, message: "Names are written without $" },
  { before: /$/, after: /^`/, message: `A text stands in ' or "` },
  { before: /$/, after: /^\.\d/, message: "A number begins with a digit: write 0 before the point" },
  { before: /\d_?$/, after: /^_?\d/, message: "A number is written without _" },
  {
    before: /[[{,]\s*$/,
    after: /^\?/,
    message: "There are no optional elements: write each with the value it has else, x.orValue(…)",
  },
  { before: /["']\s*$/, after: /^["']/, message: "Texts are joined with +" },
  {
    before: /\d$/,
    after: /^(?:ms|min|[smhdw])\b/,
    message: 'A duration is written duration("5m"), in quotes',
  },
  {
    before: /[(,]\s*\(?[\w\s,]*\)?\s*=?$/,
    after: /^=?>/,
    message: 'There is no "=>": a loop is written list.map(x, x + 1), a comparison with ">="',
  },
  { before: /=$/, after: /^>/, message: 'There is no "=>": write ">=" to compare' },
  { before: /$/, after: /^=>/, message: 'There is no "=>": write ">=" to compare' },
  { before: /\*$/, after: /^\*/, message: 'There is no "**": multiply' },
  {
    before: /\[[^\]]*$/,
    after: /^:/,
    message: "There are no slices: an element of a list is list[0], a part of a text text.substring(0, 2)",
  },
];

function foreignFormAt(source: string, at: number): SyntaxAdvice | null {
  const before = source.slice(0, at);
  const after = source.slice(at);
  const form = FOREIGN_FORMS.find((one) => one.before.test(before) && one.after.test(after));
  return form === undefined ? null : { message: form.message, start: at, end: at + 1 };
}

/** `text | upper`, as templates have it. A bool of the scope has a dot: `params.a | params.b`. */
function filterAt(source: string, at: number): SyntaxAdvice | null {
  const isAlone = source[at] === "|" && source[at - 1] !== "|" && source[at + 1] !== "|";
  const [, name = ""] =
    /^\|\s*(?!(?:succeeded|failed|has|true|false)\b)([A-Za-z_]\w*)(?!\w|\s*[.[])/.exec(source.slice(at)) ??
    [];
  if (!isAlone || name === "") return null;
  const advice = adviceForFunction(name) ?? "call a function, string(x) or x.trim()";
  return { message: `There are no filters behind a "|": ${advice}`, start: at, end: at + 1 };
}

/** `a ?? b` and `a?.b`. */
function questionAt(source: string, at: number): SyntaxAdvice | null {
  const start = source[at - 1] === "?" ? at - 1 : at;
  const text = source.slice(start, start + 2);
  const place = { start, end: start + 2 };
  if (text === "?.") return { message: `There is no "?.": write ".?"`, ...place, nearest: ".?" };
  if (text !== "??") return null;
  const message = `There is no "??". Params have their defaults; of what may be missing write steps.a.?outputs.?rows.orValue(0)`;
  return { message, ...place };
}

/** `a if b else c`, as Python writes it. */
function choiceInWords(source: string, at: number): SyntaxAdvice | null {
  const { start, text } =
    [wordAround(source, at), wordBefore(source, at)].find((word) => word.text === "if") ?? NO_WORD;
  if (text === "") return null;
  const message = `A choice is written with its condition first: "condition ? one : other"`;
  return { message, start, end: start + text.length };
}

const NO_WORD: Written = { start: 0, text: "" };

interface Written {
  readonly start: number;
  readonly text: string;
}

function operatorAround(source: string, at: number): Written {
  return around(source, at, /[=!<>~&|+-]/);
}

function wordAround(source: string, at: number): Written {
  return around(source, at, /\w/);
}

/** The word that stands before the place, with white space between. */
function wordBefore(source: string, at: number): Written {
  const [text = ""] = /(\w+)\s+$/.exec(source.slice(Math.max(0, at - WORD_LENGTH_MAX), at))?.slice(1) ?? [];
  return { start: source.slice(0, at).trimEnd().length - text.length, text };
}

/** The longest habit, and the spaces behind it, that anybody writes. */
const WORD_LENGTH_MAX = 20;

function around(source: string, at: number, sign: RegExp): Written {
  const isOne = (index: number): boolean => sign.test(source[index] ?? "");
  let start = at;
  while (start > 0 && isOne(start - 1)) start -= 1;
  let end = at;
  while (isOne(end)) end += 1;
  return { start, text: source.slice(start, end) };
}

const CLOSING: Readonly<Record<string, string>> = { RPAREN: ")", RBRACKET: "]", RBRACE: "}" };

function adviceFor(source: string, at: number, summary: string): SyntaxAdvice | null {
  const [, wanted = "", got = ""] = /^Expected (\w+), got (\w+)/.exec(summary) ?? [];
  const place = { start: at, end: Math.min(source.length, at + (got === "EOF" ? 0 : 1)) };
  const bracket = CLOSING[wanted];
  if (bracket !== undefined) return { message: `A bracket is not closed: write "${bracket}"`, ...place };
  if (wanted === "COLON")
    return { message: `A choice has two cases: write "condition ? one : other"`, ...place };
  if (wanted === "IDENTIFIER") return adviceForMember(source, at, place);
  if (summary.startsWith("Invalid number: Infinity"))
    return { message: "This number is larger than any double", ...place };
  return null;
}

/** Words of CEL cannot follow a dot. */
function adviceForMember(source: string, at: number, place: { start: number; end: number }): SyntaxAdvice {
  const { start, text } = wordAround(source, at);
  if (text === "") return { message: "A name must follow the dot", ...place };
  return {
    message: `"${text}" is a word of CEL and no name: write ["${text}"] instead of .${text}`,
    start,
    end: start + text.length,
  };
}
