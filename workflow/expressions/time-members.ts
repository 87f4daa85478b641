import type { ASTNode } from "@marcbachmann/cel-js";
import { inferredType } from "./expression-library.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { memberOf, memberRange } from "./names.js";
import { celTypeName } from "./type-scope.js";
import { nodesOf } from "./syntax-tree.js";

type Time = "timestamp" | "duration";

/** What authors ask of a time as if it were a member, without `_` and without the last s → what to write. */
const PARTS: Readonly<Record<Time, Readonly<Record<string, string>>>> = {
  timestamp: {
    year: "getFullYear()",
    month: "getMonth()",
    day: "getDate()",
    date: "date()",
    weekday: "getDayOfWeek()",
    hour: "getHours()",
    minute: "getMinutes()",
    second: "getSeconds()",
    millisecond: "getMilliseconds()",
  },
  duration: {
    day: "getHours() / 24",
    hour: "getHours()",
    minute: "getMinutes()",
    second: "getSeconds()",
    millisecond: "getMilliseconds()",
  },
};

const ALL_PARTS: Readonly<Record<Time, string>> = {
  timestamp: "getFullYear(), getMonth(), getDate(), getHours(), getMinutes() and getSeconds()",
  duration: "getHours(), getMinutes() and getSeconds()",
};

/**
 * Members of timestamps and durations, which have none; the library leaves them to the run. The trees are those of one source, as
 * far as each has been checked for types.
 */
export function membersOfTimes(roots: readonly ASTNode[]): readonly ExpressionProblem[] {
  const found = roots.flatMap(nodesOf).flatMap((node) => problemOf(node) ?? []);
  return [...new Map(found.map((problem) => [problem.start, problem])).values()];
}

function problemOf(node: ASTNode): ExpressionProblem | null {
  if (!isAccess(node)) return null;
  const [object, key] = node.args;
  const time = TIMES[inferredType(object) ?? ""];
  if (time === undefined) return null;
  const [, name] = memberOf(node) ?? [];
  if (name === undefined) return problem(typeof key === "string" ? node : key, noMembers(time));
  const part = PARTS[time][nameOfPart(name)];
  const message = part === undefined ? noMembers(time) : `A ${time} has no member "${name}": write .${part}`;
  return problem(memberRange(node, name), message);
}

type Access = Extract<ASTNode, { op: "." | ".?" | "[]" | "[?]" }>;

function isAccess(node: ASTNode): node is Access {
  return ACCESSES.has(node.op);
}

const ACCESSES: ReadonlySet<string> = new Set([".", ".?", "[]", "[?]"]);

function noMembers(time: Time): string {
  return `A ${time} has no members: its parts are ${ALL_PARTS[time]}`;
}

function problem(
  { start, end }: { readonly start: number; readonly end: number },
  message: string,
): ExpressionProblem {
  return { code: "expression-type", message, start, end };
}

/** `getHours`, `HOURS` and `hour` are all the same to who asks. */
function nameOfPart(name: string): string {
  const plain = name.toLowerCase().replaceAll("_", "").replace(/^get/, "").replace(/s$/, "");
  return Object.hasOwn(OTHER_NAMES, plain) ? (OTHER_NAMES[plain] ?? plain) : plain;
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  fullyear: "year",
  dayofmonth: "day",
  dayofweek: "weekday",
  min: "minute",
  sec: "second",
  m: "millisecond",
  milli: "millisecond",
  constructor: "",
};

const TIMES: Readonly<Record<string, Time>> = {
  [celTypeName({ name: "timestamp" })]: "timestamp",
  [celTypeName({ name: "duration" })]: "duration",
};
