/**
 * Functions of the CEL library that ours replace. Its overloads cannot be overridden, so calls are renamed after
 * parsing. `matches` is a backtracking RegExp there, searching and joining texts has no bound, places in a text are counted in
 * UTF-16 units, and ASCII letters are not told from others; `int` and `timestamp` take what no standard allows; the parts of a
 * timestamp in a time zone depend on the zone of the machine.
 */
const REPLACED: ReadonlySet<string> = new Set([
  "matches",
  "contains",
  "indexOf",
  "lastIndexOf",
  "split",
  "substring",
  "lowerAscii",
  "upperAscii",
  "join",
  "int",
  "duration",
  "timestamp",
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getHours",
  "getMinutes",
  "getSeconds",
  "getMilliseconds",
]);
const PREFIX = "own_";

/** The name under which a function is registered: its own, or a private one where ours replaces the library's. */
export function ownNameOf(name: string): string {
  return REPLACED.has(name) ? PREFIX + name : name;
}

/** A message of the library with the names that authors know. */
export function withPublicNames(message: string): string {
  return message.replaceAll(PREFIX, "");
}
