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

/** The last lines of what was said so far. @throws ApiError not-found while the step has not begun */
export async function readLastLines(
  client: Client,
  { run: id, path, attempt, environment }: LogPlace,
  count: number,
): Promise<readonly string[]> {
  const query = { path, attempt, environment, tail: count };
  const { lines } = await client.readLog({ params: { id }, query });
  return lines.map(({ text }) => text);
}
