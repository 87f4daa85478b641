import type { Command } from "commander";
import type { Client, TimelineEntry } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { isWithin } from "../run-steps.js";
import { plain, renderTable } from "../table.js";
import { instantText } from "../time-text.js";

const PAGE_ROWS = 1000;

/** `headwater timeline RUN`: what happened to it, in order. */
export function addTimelineCommand(program: Command, context: Context): void {
  withConnection(
    program
      .command("timeline")
      .description("what happened to a run, in order: which step, what, who did it and why"),
  )
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .option("--step <path>", "only this step, and what is within it; load.copy is of all iterations of load")
    .action(
      async (
        id: string,
        { format, environment, step, ...options }: ConnectionOptions & { readonly step?: string },
      ) => {
        const client = await connect(context.io, options);
        const all = await readTimeline(client, { id, environment });
        const entries =
          step === undefined ? all : all.filter(({ path }) => path !== null && isWithin(path, step));
        const text = (): string => renderTimeline(entries, context.io.stdout.columns);
        print(context, { entries }, { format, text });
      },
    );
}

async function readTimeline(
  client: Client,
  { id, environment }: { readonly id: string; readonly environment: string },
): Promise<readonly TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let after: number | null | undefined; after !== null;) {
    const query = { environment, after, limit: PAGE_ROWS };
    const page = await client.readTimeline({ params: { id }, query });
    entries.push(...page.entries);
    after = page.next;
  }
  return entries;
}

function renderTimeline(entries: readonly TimelineEntry[], columns: number): string {
  if (entries.length === 0) return "Nothing has happened to it yet.\n";
  const rows = entries.map(({ at, path, what, by, why }) => [
    instantText(at),
    plain(path ?? "(the run)"),
    plain(what),
    plain(by ?? ""),
    plain(why ?? ""),
  ]);
  return renderTable(["WHEN", "STEP", "WHAT", "WHO", "WHY"], rows, columns);
}
