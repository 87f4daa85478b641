import { logFileOf } from "../logs/log-files.js";
import { readLog } from "../logs/read-log.js";
import type { Store } from "../store/store.js";

/** What fits into a message. */
const LINES_TOLD = 12;
const LINE_CHARACTERS = 300;
const LINES_A_PAGE = 5000;

/** Failed steps that are looked at; loops and steps that could not run because of others have no log. */
const STEPS_LOOKED_AT = 10;

/** The last lines of the log of the first step of a run that failed and has said something. They were masked when they were written. */
export async function failedLog(store: Store, dataFolder: string, runId: string): Promise<readonly string[]> {
  const statuses = ["failed", "timed_out"] as const;
  for (const { path, attempt } of await store.listSteps(runId, { statuses, limit: STEPS_LOOKED_AT })) {
    const lines = attempt === 0 ? [] : await lastLines(logFileOf(dataFolder, runId, { path, attempt }));
    if (lines.length > 0) return lines;
  }
  return [];
}

async function lastLines(file: string): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  for (let offset = 0; ;) {
    const page = await readLog(file, { offset, limit: LINES_A_PAGE });
    const texts = page.lines.slice(-LINES_TOLD).map(({ text }) => text.slice(0, LINE_CHARACTERS));
    lines = [...lines, ...texts].slice(-LINES_TOLD);
    if (page.atEnd || page.nextOffset === offset) return lines;
    offset = page.nextOffset;
  }
}
