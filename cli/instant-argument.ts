import { InvalidArgumentError } from "commander";
import { parseTimestamp } from "@headwater/workflow";

/** Reads an instant that was typed, to epoch milliseconds. @throws InvalidArgumentError */
export function instant(text: string): number {
  const at = parseTimestamp(text);
  if (at !== null) return at;
  throw new InvalidArgumentError("It must be a date, or a time with its zone such as 2026-11-01T09:00:00Z.");
}
