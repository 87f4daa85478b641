import type { CelValue } from "../cel-value.js";
import { durationAt, instantAt, textAt } from "./arguments.js";
import type { FunctionDefinition, FunctionHost, FunctionOverload } from "./function-definition.js";
import { wallClock } from "./wall-clock.js";

const DAY_MS = 86_400_000;

/**
 * The parts of a timestamp, in UTC or in a time zone, as CEL defines them: months, days of the month and of the year count
 * from 0, Sunday is 0. They replace the library's, which depend on the time zone of the machine.
 */
export const TIMESTAMP_PARTS: readonly FunctionDefinition[] = [
  partOf("getFullYear", "The year.", (wall) => wall.getUTCFullYear()),
  partOf("getMonth", "The month, from 0.", (wall) => wall.getUTCMonth()),
  partOf("getDate", "The day of the month, from 1.", (wall) => wall.getUTCDate()),
  partOf("getDayOfMonth", "The day of the month, from 0.", (wall) => wall.getUTCDate() - 1),
  partOf("getDayOfWeek", "The day of the week; Sunday is 0.", (wall) => wall.getUTCDay()),
  partOf("getDayOfYear", "The day of the year, from 0.", dayOfYear),
  partOf("getHours", "The hour.", (wall) => wall.getUTCHours(), 3_600_000),
  partOf("getMinutes", "The minute.", (wall) => wall.getUTCMinutes(), 60_000),
  partOf("getSeconds", "The second.", (wall) => wall.getUTCSeconds(), 1000),
  partOf("getMilliseconds", "The millisecond.", (wall) => wall.getUTCMilliseconds(), 1),
];

/** With `unitMs` the function is one of durations too: how many whole units they last. */
// oxlint-disable-next-line max-params -- a row of the table above
function partOf(
  name: string,
  doc: string,
  part: (wall: Date) => number,
  unitMs: number | null = null,
): FunctionDefinition {
  const overloads: FunctionOverload[] = [
    { signature: `timestamp.${name}(): int`, evaluate: (args) => BigInt(part(instantAt(args, 0))) },
    {
      signature: `timestamp.${name}(string): int`,
      evaluate: (args, host) => BigInt(part(wallOf(args, host))),
    },
  ];
  if (unitMs !== null) {
    overloads.push({
      signature: `duration.${name}(): int`,
      evaluate: (args) => BigInt(Math.trunc(durationAt(args, 0).valueOf() / unitMs)),
    });
  }
  return {
    name,
    doc: `${doc} In UTC, or in a time zone.`,
    example: `run.started_at.${name}("Asia/Tokyo")`,
    overloads,
  };
}

function wallOf(args: readonly CelValue[], host: FunctionHost): Date {
  return wallClock(instantAt(args, 0), textAt(args, 1), host.zones);
}

function dayOfYear(wall: Date): number {
  return Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / DAY_MS);
}
