import { parseTimestamp } from "../../types/instant.js";
import { textAt, intAt, instantAt } from "./arguments.js";
import type { CelValue } from "../cel-value.js";
import type { FunctionDefinition, FunctionHost } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";
import { wallClock } from "./wall-clock.js";

/** The years that CEL's timestamps may have are 1 to 9999. */
const INSTANT_MS_MIN = -62_135_596_800_000;
const INSTANT_MS_MAX = 253_402_300_799_999;

/** Replaces CEL's own, which takes what `Date.parse` takes in the library, in the time zone of the machine. */
export const TIMESTAMP: FunctionDefinition = {
  name: "timestamp",
  doc: "The timestamp that an RFC 3339 text or a number of seconds since 1970 stands for.",
  example: 'timestamp("2026-03-01T06:00:00Z")',
  overloads: [
    { signature: "timestamp(string): timestamp", evaluate: (args) => readInstant(textAt(args, 0)) },
    { signature: "timestamp(int): timestamp", evaluate: (args) => instantOf(intAt(args, 0) * 1000) },
    { signature: "timestamp(timestamp): timestamp", evaluate: (args) => instantAt(args, 0) },
  ],
};

/** An instant in the time zone given, for texts that name none. */
export const DATETIME: FunctionDefinition = {
  name: "datetime",
  doc: "The timestamp of a date, at midnight in UTC or in a time zone; or of an RFC 3339 text.",
  example: 'datetime(params.date, "Europe/Berlin")',
  overloads: [
    { signature: "datetime(string): timestamp", evaluate: (args) => readInstant(textAt(args, 0)) },
    { signature: "datetime(string, string): timestamp", evaluate: midnightIn },
    { signature: "datetime(timestamp): timestamp", evaluate: (args) => instantAt(args, 0) },
  ],
};

function midnightIn(args: readonly CelValue[], host: FunctionHost): CelValue {
  const utc = readInstant(textAt(args, 0)).getTime();
  const offsetAt = (ms: number): number =>
    wallClock(new Date(ms), textAt(args, 1), host.zones).getTime() - ms;
  // The offset at the instant we look for; the second look is right but for a midnight that the clock jumps over.
  return instantOf(utc - offsetAt(utc - offsetAt(utc)));
}

function readInstant(text: string): Date {
  const ms = parseTimestamp(text);
  if (ms === null)
    throw new FunctionError(`"${text.slice(0, 60)}" is no timestamp: write 2026-03-01T06:00:00Z`);
  return instantOf(ms);
}

function instantOf(ms: number): Date {
  if (isInstant(ms)) return new Date(ms);
  throw new FunctionError("timestamp must lie in the years 1 to 9999");
}

/** Whether epoch milliseconds lie in the years that timestamps may have. */
export function isInstant(ms: number): boolean {
  return ms >= INSTANT_MS_MIN && ms <= INSTANT_MS_MAX;
}
