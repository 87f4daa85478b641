/** What to write instead of a function of another language; undefined for one that nobody is known to try. */
export function adviceForFunction(name: string): string | undefined {
  return Object.hasOwn(HABITS, name) ? HABITS[name] : undefined;
}

/** Functions of other languages that everybody tries, with what to write. */
const HABITS: Readonly<Record<string, string>> = {
  now: "an expression gives the same whenever it is evaluated again. Write run.started_at",
  always: 'write "require: all_finished" at the step',
  success: "write succeeded()",
  failure: "write failed()",
  cancelled: "a canceled run starts no further steps",
  len: "write size(…)",
  length: "write size(…)",
  count: "write size(…)",
  lower: "write lowerAscii()",
  toLowerCase: "write lowerAscii()",
  upper: "write upperAscii()",
  toUpperCase: "write upperAscii()",
  str: "write string(…)",
  float: "write double(…)",
  max: "write a > b ? a : b",
  min: "write a < b ? a : b",
  greatest: "write a > b ? a : b",
  least: "write a < b ? a : b",
  abs: "write a < 0 ? -a : a",
  round: "write int(a < 0.0 ? a - 0.5 : a + 0.5)",
  floor: "int(…) leaves out what is behind the point",
  coalesce: "of what may be missing write steps.a.?outputs.?rows.orValue(0)",
  ternary: "write condition ? one : other",
  replace: 'write text.split("a").join("b")',
  tojson: "write json(…)",
  toJSON: "write json(…)",
  fromJSON: "write parse_json(…)",
  strftime: 'write format_date(time, "%Y-%m-%d")',
  default: "of what may be missing write steps.a.?outputs.?rows.orValue(0)",
};
