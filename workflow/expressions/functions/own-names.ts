/**
 * Functions of the CEL library that ours replace. Its overloads cannot be overridden, so calls are renamed after
 * parsing. `matches` is a backtracking RegExp there, and searching and joining texts has no bound; `timestamp` takes what no standard allows; the parts of a timestamp
 * in a time zone depend on the zone of the machine.
 */
const REPLACED: ReadonlySet<string> = new Set([
  "matches",
  "contains",
  "indexOf",
  "lastIndexOf",
  "split",
  "join",
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
