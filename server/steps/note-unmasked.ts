import { appendLogLine } from "../logs/append-line.js";
import { isMasked, SHORTEST_MASKED } from "../logs/mask.js";
import type { SecretValues } from "../secrets/secrets.js";

/** Says in the log which of the attempt's secrets are too short to be masked in it. */
export async function noteUnmasked(logFile: string, now: number, secrets: SecretValues): Promise<void> {
  const names = [...secrets].filter(([, value]) => !isMasked(value)).map(([name]) => `"${name}"`);
  if (names.length === 0) return;
  const which = names.length === 1 ? "secret" : "secrets";
  await appendLogLine(
    logFile,
    now,
    `not masked, shorter than ${SHORTEST_MASKED} characters: ${which} ${names.join(", ")}`,
  );
}
