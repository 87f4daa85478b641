import { isDate } from "../../types/instant.js";
import type { CelValue } from "../cel-value.js";
import { intAt, textAt } from "./arguments.js";
import type { FunctionDefinition, FunctionHost } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";

const DAY_MS = 86_400_000;
const DATES_MAX = 100_000;

export const DAYS_BETWEEN: FunctionDefinition = {
  name: "days_between",
  doc: "How many days the second date is after the first; negative when it is before.",
  example: 'days_between("2026-03-01", params.date)',
  overloads: [
    {
      signature: "days_between(string, string): int",
      evaluate: (args) => BigInt(dayAt(args, 1) - dayAt(args, 0)),
    },
  ],
};

export const DATE_RANGE: FunctionDefinition = {
  name: "date_range",
  doc: "The dates from the first up to, not including, the second; with a third argument only every so many days.",
  example: 'date_range("2026-03-01", "2026-04-01")',
  overloads: [
    { signature: "date_range(string, string): list<string>", evaluate: (args, host) => dates(args, 1, host) },
    {
      signature: "date_range(string, string, int): list<string>",
      evaluate: (args, host) => dates(args, intAt(args, 2), host),
    },
  ],
};

function dates(args: readonly CelValue[], stepDays: number, host: FunctionHost): CelValue {
  if (stepDays < 1) throw new FunctionError("date_range() must go by one day or more");
  const first = dayAt(args, 0);
  const end = dayAt(args, 1);
  const count = Math.max(0, Math.ceil((end - first) / stepDays));
  if (count > DATES_MAX)
    throw new FunctionError(`date_range() has ${count} dates; the limit is ${DATES_MAX}`);
  host.meter.spend(count);
  return Array.from({ length: count }, (_, index) =>
    new Date((first + index * stepDays) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** Days since 1970. */
function dayAt(args: readonly CelValue[], index: number): number {
  const text = textAt(args, index);
  if (!isDate(text)) throw new FunctionError(`"${text.slice(0, 60)}" is no date: write YYYY-MM-DD`);
  return Date.parse(`${text}T00:00:00Z`) / DAY_MS;
}
