import { parseDuration } from "../../types/duration.js";
import { celDuration } from "../cel-value.js";
import type { CelDuration } from "../cel-value.js";
import { durationAt, textAt } from "./arguments.js";
import type { FunctionDefinition } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";

/** Replaces CEL's own, to which days and weeks are unknown. */
export const DURATION: FunctionDefinition = {
  name: "duration",
  doc: "The duration that a text such as `30s`, `1h30m` or `2d` stands for; a `-` before it makes it negative.",
  example: 'run.started_at - duration("2d")',
  overloads: [
    { signature: "duration(string): duration", evaluate: (args) => readDuration(textAt(args, 0)) },
    { signature: "duration(duration): duration", evaluate: (args) => durationAt(args, 0) },
  ],
};

function readDuration(text: string): CelDuration {
  const isNegative = text.startsWith("-");
  const ms = parseDuration(isNegative ? text.slice(1) : text);
  if (ms === null) throw new FunctionError(`"${text.slice(0, 60)}" is no duration: write one such as 1h30m`);
  return celDuration(isNegative ? -ms : ms);
}
