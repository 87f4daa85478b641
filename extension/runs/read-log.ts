import type { Client, LogLine } from "@headwater/api";

/** The log of an attempt of a step. */
export interface LogPlace {
  readonly run: string;
  readonly path: string;
  /** From 1. */
  readonly attempt: number;
  readonly environment: string;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly nextOffset: number;
  readonly ended: boolean;
}

/** What a log holds from an offset on, in bytes. @throws ApiError not-found while the step has not begun */
export function readLogPage(client: Client, place: LogPlace, offset: number): Promise<LogPage> {
  const { run: id, path, attempt, environment } = place;
  return client.readLog({ params: { id }, query: { path, attempt, environment, offset } });
}

/** More pages than the longest log of a service has as a rule. */
const PAGES_MAX = 200;

/** The last lines of what was said so far; none of a log that is too long to find its end. @throws ApiError */
export async function readLastLines(
  client: Client,
  place: LogPlace,
  count: number,
): Promise<readonly string[]> {
  let last: readonly string[] = [];
  let offset = 0;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { lines, nextOffset, ended } = await readLogPage(client, place, offset);
    last = [...last, ...lines.map(({ text }) => text)].slice(-count);
    if (ended || nextOffset === offset) return last;
    offset = nextOffset;
  }
  return [];
}
