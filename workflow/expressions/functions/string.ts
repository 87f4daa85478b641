import { formatDuration } from "../../types/duration.js";
import { formatTimestamp } from "../../types/instant.js";
import { durationAt, instantAt } from "./arguments.js";
import type { FunctionDefinition } from "./function-definition.js";

/** Adds to CEL's own the two types that the library leaves out. */
export const STRING: FunctionDefinition = {
  name: "string",
  doc: "A value as text: timestamps in RFC 3339, durations such as `1h30m`.",
  example: "string(run.started_at)",
  overloads: [
    {
      signature: "string(timestamp): string",
      evaluate: (args) => formatTimestamp(instantAt(args, 0).getTime()),
    },
    {
      signature: "string(duration): string",
      evaluate: (args) => formatDuration(durationAt(args, 0).valueOf()),
    },
  ],
};
