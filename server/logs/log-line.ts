/** Where a line of a log came from: the two streams of the attempt, or Headwater itself. */
export type LogStream = "out" | "err" | "sys";

export interface LogLine {
  /** RFC 3339 in UTC, to the millisecond. */
  readonly time: string;
  readonly stream: LogStream;
  readonly text: string;
}

/** A longer line is split into several. */
export const MAX_LINE_BYTES = 64 * 1024;

/** The part of a formatted line that stands before its text: `2026-11-23T22:20:29.123Z out `. */
export function linePrefix(now: number, stream: LogStream): string {
  return `${new Date(now).toISOString()} ${stream} `;
}

/** One line as it stands in a log file, its end included. Line breaks inside the text become further lines. */
export function formatLogLine(now: number, stream: LogStream, text: string): string {
  const prefix = linePrefix(now, stream);
  return `${prefix}${text.replaceAll("\n", `\n${prefix}`)}\n`;
}

const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (out|err|sys) (.*)$/su;

/** A line that is not in the format (a file cut by a crash) is kept as text of `sys` without a time. */
export function parseLogLine(line: string): LogLine {
  const match = LINE.exec(line);
  if (match === null) return { time: "", stream: "sys", text: line };
  const [, time = "", stream = "", text = ""] = match;
  return { time, stream: stream === "out" || stream === "err" ? stream : "sys", text };
}
