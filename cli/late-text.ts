import type { Run } from "@headwater/api";
import { durationText, instantText } from "./time-text.js";

/** `due 2026-11-23 08:00:00Z`, or how long after that it ended, or that it has not; empty where nothing is expected. */
export function dueText({ dueAt, lateAt, endedAt }: Pick<Run, "dueAt" | "lateAt" | "endedAt">): string {
  if (dueAt === null) return "";
  if (lateAt === null) return `due ${instantText(dueAt)}`;
  const ended =
    endedAt === null ? "and has not ended" : `ended ${durationText(Math.max(0, endedAt - dueAt))} later`;
  return `late: was due ${instantText(dueAt)}, ${ended}`;
}
