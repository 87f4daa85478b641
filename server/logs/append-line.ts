import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { formatLogLine } from "./log-line.js";

/** Adds a line of Headwater's own to a log, making the file where there is none. A log that cannot be written is not an error. */
export async function appendLogLine(file: string, now: number, text: string): Promise<void> {
  const line = formatLogLine(now, "sys", text);
  try {
    await appendFile(file, line);
  } catch {
    await mkdir(dirname(file), { recursive: true })
      .then(() => appendFile(file, line))
      .catch(() => undefined);
  }
}
