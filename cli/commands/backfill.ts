import { type Command, Option } from "commander";
import { counted } from "@headwater/workflow";
import { backfillProgress, backfillSubject, renderBackfill, renderPreview } from "../backfill-text.js";
import { parseChoices, readParamsFile } from "../backfill-choices.js";
import {
  connect,
  type ConnectionOptions,
  type ServerOptions,
  withConnection,
  withServer,
} from "../connection.js";
import { type Context, print } from "../context.js";
import { requireEnvironment } from "../known-environment.js";
import { parseParams } from "../params.js";
import { plain, renderTable } from "../table.js";
import { UsageError } from "../usage-error.js";
import { parseWorkflowName } from "../workflow-name.js";

interface StartOptions extends ConnectionOptions {
  readonly from?: string;
  readonly to?: string;
  readonly param: readonly string[];
  readonly params?: string;
  readonly order: "oldest" | "newest";
  readonly maxParallel?: string;
  readonly overlap?: boolean;
  readonly redo?: boolean;
  readonly as: string;
  readonly reason: string;
  readonly id?: string;
  readonly dryRun?: boolean;
  readonly limit: string;
}

const ACTIONS = [
  ["pause", "make no more runs of a backfill; those that are going go on"],
  ["resume", "let a backfill go on that was paused"],
  ["cancel", "end a backfill, and cancel those of its runs that have not ended"],
  ["retry", "restart the runs of a backfill that ended without success"],
] as const;

/** `headwater backfill WORKFLOW`, what may be done to a backfill, and `headwater backfills`. */
export function addBackfillCommands(program: Command, context: Context): void {
  const group = program
    .command("backfill")
    .description("run a workflow for slots of the past, or for many params; see what became of it");
  addStart(group, context);
  addShow(group, context);
  for (const [action, description] of ACTIONS) addAction(group, { action, description }, context);
  addList(program, context);
}

function addStart(group: Command, context: Context): void {
  withConnection(
    group
      .command("start", { isDefault: true })
      .description("begin a backfill: headwater backfill WORKFLOW --from DATE --to DATE"),
  )
    .argument("<workflow>", "PROJECT/WORKFLOW")
    .option("--from <date>", "the first day, in the time zone of its schedule, or an instant")
    .option("--to <date>", "the last day, or the last instant; a run for each slot between")
    .option(
      "--param <name=values>",
      "a,b,c or a..b: a run for each; several params: each with each. With --from: one value, for all",
      append,
      [],
    )
    .option("--params <file>", "a JSON list of params, or an object on each line: a run for each")
    .addOption(new Option("--order <order>", "which first").choices(["oldest", "newest"]).default("oldest"))
    .option(
      "--max-parallel <count>",
      "how many of its runs at once (default: as its run strategy says, at most 4)",
    )
    .option("--overlap", "beside all other runs of the workflow, whatever its run strategy says")
    .option("--redo", "also slots whose run has succeeded or goes on")
    .option(
      "--as <version>",
      '"now", "then" (as it was at each slot), a commit that was deployed, or a branch that backfills_from of the environment allows',
      "now",
    )
    .option("--reason <words>", "why; it is kept with the backfill", "")
    .option("--id <request>", "the same one begins one backfill, however often it is sent")
    .option("--dry-run", "only list what would run")
    .option("--limit <count>", "how many a dry run lists", "50")
    .action((workflow: string, options: StartOptions) => begin(workflow, options, context));
}

/** Or only says what it would do. */
async function begin(workflow: string, options: StartOptions, context: Context): Promise<void> {
  const client = await connect(context.io, options);
  const body = { ...parseWorkflowName(workflow), ...(await bodyOf(options, context)) };
  const { format } = options;
  if (options.dryRun === true) {
    const limit = readCount(options.limit, "--limit");
    const preview = await client.previewBackfill({ body: { ...body, limit } });
    return print(context, preview, {
      format,
      text: () => renderPreview(preview, context.io.stdout.columns),
    });
  }
  const requestId = options.id ?? context.io.newId();
  const backfill = await client.createBackfill({ body: { ...body, requestId } });
  print(context, backfill, {
    format,
    text: () =>
      `Started backfill ${backfill.id} of ${plain(workflow)}: ${counted(backfill.total, "run")} at most, ${backfill.maxParallel} at a time\n` +
      `See how far it is: headwater backfill show ${backfill.id}\n`,
  });
}

async function bodyOf(options: StartOptions, { io }: Context) {
  const { from, to, order, environment, maxParallel, as, reason } = options;
  return {
    environment,
    from,
    to,
    ...(await paramsOf(options, io.cwd)),
    order,
    maxParallel: maxParallel === undefined ? undefined : readCount(maxParallel, "--max-parallel"),
    overlap: options.overlap ?? false,
    redo: options.redo ?? false,
    version: versionOf(as),
    by: io.user,
    reason,
  } as const;
}

/** A branch that is named as a commit is, or as a word of this option, is written as `refs/heads/now`. */
function versionOf(as: string) {
  if (as === "now" || as === "then") return as;
  return /^[0-9a-f]{4,64}$/.test(as) ? { commit: as } : { branch: as.replace(/^refs\/heads\//, "") };
}

/** With a time they are for all of its slots, otherwise a run is made for each. */
async function paramsOf({ from, to, param, params }: StartOptions, cwd: string) {
  const list = params === undefined ? {} : { list: await readParamsFile(params, cwd) };
  if (from !== undefined || to !== undefined) return { ...list, params: parseParams(param) };
  return param.length === 0 ? list : { ...list, choices: parseChoices(param) };
}

function addShow(group: Command, context: Context): void {
  withServer(group.command("show").description("show what became of a backfill"))
    .argument("<backfill>", "its id")
    .action(async (id: string, { format, ...options }: ServerOptions) => {
      const client = await connect(context.io, options);
      const backfill = await client.getBackfill({ params: { id } });
      print(context, backfill, { format, text: () => renderBackfill(backfill, context.style) });
    });
}

interface ActionCommand {
  readonly action: (typeof ACTIONS)[number][0];
  readonly description: string;
}

function addAction(group: Command, { action, description }: ActionCommand, context: Context): void {
  withServer(group.command(action).description(description))
    .argument("<backfill>", "its id")
    .option("--reason <words>", "why; it is kept with the backfill", "")
    .action(
      async (id: string, { format, reason, ...options }: ServerOptions & { readonly reason: string }) => {
        const client = await connect(context.io, options);
        const body = { action, by: context.io.user, reason };
        const backfill = await client.actOnBackfill({ params: { id }, body });
        print(context, backfill, { format, text: () => renderBackfill(backfill, context.style) });
      },
    );
}

interface ListOptions extends ConnectionOptions {
  readonly workflow?: string;
  readonly limit: string;
}

function addList(program: Command, context: Context): void {
  withConnection(program.command("backfills").description("list backfills, newest first"))
    .option("--workflow <workflow>", "of PROJECT/WORKFLOW only")
    .option("--limit <count>", "how many", "20")
    .action(async ({ workflow, limit, environment, format, ...options }: ListOptions) => {
      const client = await connect(context.io, options);
      const of = workflow === undefined ? {} : parseWorkflowName(workflow);
      const answer = await client.listBackfills({ query: { environment, limit, ...of } });
      if (answer.backfills.length === 0) await requireEnvironment(client, environment);
      const rows = answer.backfills.map((backfill) => [
        backfill.id,
        plain(`${backfill.project}/${backfill.workflow}`),
        context.style.status(backfill.status),
        plain(backfill.by),
        backfillSubject(backfill),
        backfillProgress(backfill),
      ]);
      const titles = ["BACKFILL", "WORKFLOW", "STATE", "BY", "OF", "PROGRESS"];
      print(context, answer, {
        format,
        text: () =>
          rows.length === 0
            ? "Nobody has made a backfill. Begin one: headwater backfill PROJECT/WORKFLOW --from DATE --to DATE\n"
            : renderTable(titles, rows, context.io.stdout.columns),
      });
    });
}

/** @throws UsageError */
function readCount(text: string, option: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UsageError(`Cannot read "${text}" as ${option}: it must be a whole number, 1 or more`);
}

function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
