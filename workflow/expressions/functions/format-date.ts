import { isDate } from "../../types/instant.js";
import type { CelValue } from "../cel-value.js";
import { instantAt, textAt } from "./arguments.js";
import type { FunctionDefinition } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";
import { wallClock } from "./wall-clock.js";

const FORMAT_LENGTH_MAX = 200;

export const FORMAT_DATE: FunctionDefinition = {
  name: "format_date",
  doc: "A date or a timestamp as text, by the codes of strftime: `%Y %y %m %d %H %M %S %j %F %T %s %%`. In UTC, or in a time zone.",
  example: 'format_date(params.date, "%Y/%m/%d")',
  overloads: [
    {
      signature: "format_date(string, string): string",
      evaluate: (args) => format(dayAt(args), textAt(args, 1)),
    },
    {
      signature: "format_date(timestamp, string): string",
      evaluate: (args) => format(instantAt(args, 0), textAt(args, 1)),
    },
    {
      signature: "format_date(timestamp, string, string): string",
      evaluate: (args, host) =>
        format(wallClock(instantAt(args, 0), textAt(args, 2), host.zones), textAt(args, 1)),
    },
  ],
};

function dayAt(args: readonly CelValue[]): Date {
  const text = textAt(args, 0);
  if (!isDate(text)) throw new FunctionError(`"${text.slice(0, 60)}" is no date: write YYYY-MM-DD`);
  return new Date(`${text}T00:00:00Z`);
}

function format(wall: Date, pattern: string): CelValue {
  if (pattern.length > FORMAT_LENGTH_MAX) {
    throw new FunctionError(`format_date() has a format of more than ${FORMAT_LENGTH_MAX} characters`);
  }
  return pattern.replaceAll(/%(.?)/gs, (_, code: string) => formatCode(wall, code));
}

// oxlint-disable-next-line complexity -- a table of codes
function formatCode(wall: Date, code: string): string {
  const iso = wall.toISOString();
  switch (code) {
    case "Y":
      return iso.slice(0, 4);
    case "y":
      return iso.slice(2, 4);
    case "m":
      return iso.slice(5, 7);
    case "d":
      return iso.slice(8, 10);
    case "H":
      return iso.slice(11, 13);
    case "M":
      return iso.slice(14, 16);
    case "S":
      return iso.slice(17, 19);
    case "F":
      return iso.slice(0, 10);
    case "T":
      return iso.slice(11, 19);
    case "j":
      return String(dayOfYear(wall)).padStart(3, "0");
    case "s":
      return String(Math.floor(wall.getTime() / 1000));
    case "%":
      return "%";
    default:
      throw new FunctionError(`format_date() does not know the code "%${code}"`);
  }
}

function dayOfYear(wall: Date): number {
  return Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}
