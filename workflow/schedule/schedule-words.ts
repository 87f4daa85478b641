import { durationInWords, parseDuration } from "../types/duration.js";
import { cronInWords } from "./cron-words.js";

/** A schedule in words, without its time zone: "Monday to Friday at 06:00", "Every 15 minutes of elapsed time". Null for what is none. */
export function scheduleInWords(text: string): string | null {
  const [, interval] = /^\s*every\s+(\S+)\s*$/i.exec(text) ?? [];
  const intervalMs = interval === undefined ? null : parseDuration(interval);
  if (intervalMs === null) return cronInWords(text);
  return `Every ${durationInWords(intervalMs).replace(/^1 (?=\w+$)/, "")} of elapsed time`;
}
