import { counted, createTimeZones, localText, type TimeZones } from "@headwater/workflow";
import type { Backfill, BackfillPreview } from "@headwater/api";
import type { Style } from "./style.js";
import { plain, renderTable } from "./table.js";
import { durationText, instantText } from "./time-text.js";

/** How far a backfill is: `12 of 365 done, 2 failed, 4 going; ends about 2026-11-23 06:00:00Z`. */
export function backfillProgress({ counts, total, skipped, waiting, endsAt }: Backfill): string {
  const { queued = 0, running = 0, succeeded = 0, ...others } = counts;
  const done = `${succeeded} of ${total} succeeded`;
  const parts = Object.entries({ ...others, "going or queued": queued + running, "passed over": skipped })
    .filter(([, runs]) => runs > 0)
    .map(([name, runs]) => `${runs} ${name.replace("_", " ")}`);
  const known = Object.values(counts).reduce((sum, runs) => sum + runs, 0);
  const forgotten = total - waiting - skipped - known;
  const gone = forgotten > 0 ? [`${forgotten} no longer kept`] : [];
  const end = endsAt === null ? "" : `; ends about ${instantText(endsAt)}`;
  return [done, ...parts, ...gone].join(", ") + end;
}

/** What a backfill is about: its time or its params. */
export function backfillSubject({ of, from, before, total }: Backfill): string {
  if (from === null || before === null) return of === "list" ? "a list of params" : `${total} combinations`;
  return `${instantText(from)} to ${instantText(before - 1)}`;
}

/** One backfill for people. */
export function renderBackfill(backfill: Backfill, style: Style): string {
  const { id, project, workflow, order, maxParallel, overlap, by, reason, changed } = backfill;
  const why = reason === "" ? "" : `: ${plain(reason)}`;
  const lines = [
    `${id}  ${plain(project)}/${plain(workflow)}  ${style.status(backfill.status)}`,
    backfillProgress(backfill),
    ...onScheduleClock(backfill),
    `${backfillSubject(backfill)}, ${order} first, ${maxParallel} at a time${overlap ? ", beside all other runs" : ""}`,
    `the workflow ${versionText(backfill)}`,
    `begun ${instantText(backfill.createdAt)} by ${plain(by)}${why}`,
    ...(changed === null
      ? []
      : [
          `changed last ${instantText(changed.at)} by ${plain(changed.by)}${changed.reason === "" ? "" : `: ${plain(changed.reason)}`}`,
        ]),
    ...(backfill.endedAt === null
      ? []
      : [
          `ended ${instantText(backfill.endedAt)}, after ${durationText(backfill.endedAt - backfill.createdAt)}`,
        ]),
    `its runs: headwater runs --backfill ${id}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Its time as its author thinks of it; none where that is UTC, or unknown. */
function onScheduleClock({ from, before, timezone }: Backfill): readonly string[] {
  if (from === null || before === null || timezone === null || timezone === "UTC") return [];
  const zones = createTimeZones();
  const clock = (at: number): string => localText(at, zones.offsetMs(timezone, at));
  return [`${clock(from)} to ${clock(before - 1)} ${plain(timezone)}, by the clock of its schedule; that is`];
}

function versionText({ version, branch, commit }: Backfill): string {
  if (branch !== null) return `as branch ${plain(branch)} had it, at commit ${commit ?? ""}`;
  if (version === "then") return "as it was at each slot";
  return version === "now" ? "as it was when the backfill began" : `at commit ${commit ?? ""}`;
}

/** What a backfill would do for people. */
export function renderPreview(
  { total, skipped, maxParallel, items, next }: BackfillPreview,
  columns: number,
): string {
  const zones = createTimeZones();
  const rows = items.map(
    ({ position, slotAt, timezone, params, existing, isSkipped, isPending, problem }) => [
      String(position + 1),
      instantText(slotAt),
      slotAt === null || timezone === null ? "" : inZone(slotAt, timezone, zones),
      isPending ? "its schedule's" : isSkipped ? "passed over" : problem === null ? "runs" : "fails",
      existing === null ? "" : `${plain(existing.run)} ${existing.status}`,
      plain(problem ?? JSON.stringify(params)),
    ],
  );
  const table = renderTable(
    ["NUMBER", "SLOT", "ON ITS SCHEDULE'S CLOCK", "WHAT", "HAS A RUN", "PARAMS"],
    rows,
    columns,
  );
  const pending = items.some(({ isPending }) => isPending)
    ? "Those that are its schedule's have not been decided by it yet: their jitter is not over, or the workflow is paused.\n"
    : "";
  const rest = next === null ? "" : `${total - items.length} more are not shown: --limit COUNT\n`;
  return `${table}${rest}${pending}\n${counted(total - skipped, "run")} would be made, ${maxParallel} at a time; ${skipped} of ${total} ${skipped === 1 ? "is" : "are"} passed over. Nothing was done.\n`;
}

/** `Sun 2026-03-08 03:00 -04:00 America/New_York`. */
function inZone(at: number, timezone: string, zones: TimeZones): string {
  return `${localText(at, zones.offsetMs(timezone, at))} ${plain(timezone)}`;
}
