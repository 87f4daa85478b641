import type { SimulationResult, TimelineEntry } from "@headwater/engine";
import { formatDuration } from "@headwater/workflow";
import type { Style } from "./style.js";
import { plain, renderTable } from "./table.js";

/** What only a real worker shows: in a simulation one follows the other at once. */
const UNTOLD: readonly TimelineEntry["status"][] = ["queued", "starting"];

export interface TimelineOptions {
  readonly startAt: number;
  readonly style: Style;
  readonly columns: number;
  /** Later entries are counted only. */
  readonly linesMax: number;
}

/** A simulated run for people: what became of which step when, on its virtual clock. */
export function renderTimeline(
  { timeline }: Pick<SimulationResult, "timeline">,
  { startAt, style, columns, linesMax }: TimelineOptions,
): string {
  const told = timeline.filter(({ status }) => !UNTOLD.includes(status));
  const rows = told
    .slice(0, linesMax)
    .map(({ at, path, status, attempt, reason }) => [
      `+${formatDuration(at - startAt)}`,
      plain(path),
      style.status(status),
      attempt > 1 ? `attempt ${attempt}` : "",
      plain(reason ?? ""),
    ]);
  const rest = told.length - rows.length;
  const table = renderTable(["TIME", "STEP", "STATUS", "", "WHY"], rows, columns);
  return rest > 0 ? `${table}… and ${rest} more\n` : table;
}
