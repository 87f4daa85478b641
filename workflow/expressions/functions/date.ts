import { formatTimestamp, isDate, parseTimestamp } from "../../types/instant.js";
import type { CelValue } from "../cel-value.js";
import { instantAt, textAt } from "./arguments.js";
import type { FunctionDefinition, FunctionHost } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";
import { wallClock } from "./wall-clock.js";

/** Dates are texts in expressions; this makes them from timestamps and makes sure of texts. */
export const DATE: FunctionDefinition = {
  name: "date",
  doc: "The date of a timestamp, in UTC or in a time zone; or a text that must be a date, `YYYY-MM-DD`, or a timestamp.",
  example: 'run.scheduled_at.date("America/Los_Angeles")',
  overloads: [
    { signature: "timestamp.date(): string", evaluate: (args) => utcDateOf(instantAt(args, 0)) },
    { signature: "timestamp.date(string): string", evaluate: dateInZone },
    { signature: "date(timestamp): string", evaluate: (args) => utcDateOf(instantAt(args, 0)) },
    { signature: "date(timestamp, string): string", evaluate: dateInZone },
    { signature: "date(string): string", evaluate: (args) => dateIn(textAt(args, 0)) },
  ],
};

function dateInZone(args: readonly CelValue[], host: FunctionHost): CelValue {
  return utcDateOf(wallClock(instantAt(args, 0), textAt(args, 1), host.zones));
}

function utcDateOf(instant: Date): CelValue {
  return formatTimestamp(instant.getTime()).slice(0, 10);
}

function dateIn(text: string): CelValue {
  if (isDate(text)) return text;
  const ms = parseTimestamp(text);
  if (ms === null) throw new FunctionError(`"${text.slice(0, 60)}" is no date: write YYYY-MM-DD`);
  return utcDateOf(new Date(ms));
}
