import type { Command } from "commander";
import type { CriticalPath, Run, TimeKind } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { plain, renderTable } from "../table.js";
import { durationText, instantText } from "../time-text.js";

/** What each kind of time is called. */
const WORDS: Readonly<Record<TimeKind, string>> = {
  schedule: "after its slot",
  turn: "its turn",
  pause: "paused",
  signal: "signals",
  approval: "approval",
  place: "a place in the run",
  worker: "a worker",
  slot: "a slot",
  permit: "permits",
  starting: "its start",
  retry: "the next try",
  sleep: "sleep",
  run: "another run",
  execution: "execution",
  idle: "nothing under way",
};

/** `headwater critical-path RUN`: which steps determined when it ended, and where the time went. */
export function addCriticalPathCommand(program: Command, context: Context): void {
  withConnection(
    program
      .command("critical-path")
      .description("which steps determined when a run ended, and what its time went to"),
  )
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .action(async (id: string, { format, environment, ...options }: ConnectionOptions) => {
      const client = await connect(context.io, options);
      const request = { params: { id }, query: { environment } };
      const run = await client.getRun(request);
      const path = await client.readCriticalPath(request);
      print(context, path, { format, text: () => render(run, path, context) });
    });
}

function render(run: Run, { from, to, spent, parts }: CriticalPath, { style, io }: Context): string {
  const tookMs = to - from;
  const goes = run.endedAt === null ? "so far" : "in all";
  const head = `${style.bold(plain(run.name))} ${style.status(run.status)}: ${durationText(tookMs)} ${goes}, from ${instantText(from)}`;
  const rows = parts.map((part) => [
    `+${durationText(part.from - from)}`,
    durationText(part.to - part.from),
    plain(part.path ?? "(the run)") + (part.count > 1 ? ` (${part.count} in a row)` : ""),
    spentText(part.spent),
  ]);
  const table = renderTable(["BEGINS", "TOOK", "STEP", "WENT TO"], rows, io.stdout.columns);
  return `${head}\nIts time went to: ${spentText(spent, tookMs)}\n\n${table}`;
}

/** The most first; with their part of the whole where there is one. */
function spentText(spent: CriticalPath["spent"], wholeMs = 0): string {
  const told = kindsOf(spent).sort(([, one], [, other]) => other - one);
  if (told.length === 0) return "nothing yet";
  return told
    .map(([kind, ms]) => {
      const share = wholeMs > 0 && told.length > 1 ? ` (${Math.round((100 * ms) / wholeMs)} %)` : "";
      return `${WORDS[kind]} ${durationText(ms)}${share}`;
    })
    .join(", ");
}

function kindsOf(spent: CriticalPath["spent"]): (readonly [TimeKind, number])[] {
  const kinds = Object.keys(WORDS) as TimeKind[];
  return kinds.flatMap((kind) => {
    const ms = spent[kind] ?? 0;
    return ms > 0 ? [[kind, ms] as const] : [];
  });
}
