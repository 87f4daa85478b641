import { Option, type Command } from "commander";
import type { Run, RunStatusName } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { plain, renderTable } from "../table.js";
import { instantText, tookText } from "../time-text.js";
import { progressText } from "../jobs-text.js";
import { requireEnvironment } from "../known-environment.js";
import { dueText } from "../late-text.js";
import { startedBy } from "../started-by.js";
import { parseWorkflowName } from "../workflow-name.js";

interface RunsOptions extends ConnectionOptions {
  readonly workflow?: string;
  readonly project?: string;
  readonly status?: RunStatusName;
  readonly backfill?: string;
  readonly limit: string;
  readonly before?: string;
}

const STATUSES = ["queued", "running", "succeeded", "failed", "timed_out", "canceled", "superseded"];

/** `headwater runs`: the latest runs. */
export function addRunsCommand(program: Command, context: Context): void {
  withConnection(program.command("runs").description("list runs, newest first"))
    .addOption(new Option("--workflow <workflow>", "of PROJECT/WORKFLOW only").conflicts("project"))
    .option("--project <project>", "of this project only")
    .addOption(new Option("--status <status>", "in this state only").choices(STATUSES))
    .option("--backfill <id>", "of this backfill only")
    .option("--limit <count>", "how many", "20")
    .option("--before <id>", "older than this run")
    .action(async (options: RunsOptions) => {
      const client = await connect(context.io, options);
      const { environment, workflow, project, status, backfill, limit, before } = options;
      const of = workflow === undefined ? null : parseWorkflowName(workflow);
      const isFiltered = [workflow, project, status, backfill, before].some((filter) => filter !== undefined);
      const answer = await client.listRuns({
        query: { environment, project, status, backfill, limit, before, ...of },
      });
      // A name that is misspelled has no runs either: asking for the workflow itself is refused, with the nearest name.
      if (answer.runs.length === 0 && of !== null)
        await client.getWorkflow({ params: of, query: { environment } });
      else if (answer.runs.length === 0) await requireEnvironment(client, environment);
      print(context, answer, {
        format: options.format,
        text: () => renderRuns(answer.runs, { ...context, isFiltered }) + historyText(answer),
      });
    });
}

/** Where the list ends though the history does not. */
function historyText({ historyBegin }: { readonly historyBegin: number | null }): string {
  return historyBegin === null
    ? ""
    : `Of runs that ended until ${instantText(historyBegin)} some are gone: the service keeps them for so long (HEADWATER_KEEP_RUNS).\n`;
}

function renderRuns(
  runs: readonly Run[],
  { style, io, isFiltered }: Context & { readonly isFiltered: boolean },
): string {
  if (runs.length === 0) {
    return isFiltered
      ? "No run is like that. All are listed without --workflow, --project, --status, --backfill and --before.\n"
      : "Nothing has run yet. Start one: headwater run PROJECT/WORKFLOW\n";
  }
  const rows = runs.map((run) => [
    plain(run.name),
    style.status(run.status),
    instantText(run.createdAt),
    tookText(run.startedAt, run.endedAt),
    progressText(run.jobs),
    plain(startedBy(run.trigger)),
    plain(
      [run.lateAt === null ? "" : dueText(run), run.reason ?? ""].filter((part) => part !== "").join("; "),
    ),
  ]);
  return renderTable(
    ["RUN", "STATE", "CREATED", "TOOK", "JOBS", "STARTED BY", "NOTE"],
    rows,
    io.stdout.columns,
  );
}
