import type { Command } from "commander";
import type {
  ActualLineage,
  ActualLink,
  DeclaredLineage,
  DeclaredLink,
  LineagePlace,
  LineageRun,
  SignalMention,
  SignalUses,
} from "@headwater/api";
import {
  connect,
  type ConnectionOptions,
  type ServerOptions,
  withConnection,
  withServer,
} from "../connection.js";
import { type Context, print } from "../context.js";
import { addListCommand } from "../list-command.js";
import { parseParams } from "../params.js";
import { inEnvironment } from "../environment-text.js";
import { plain, renderTable } from "../table.js";
import { instantText } from "../time-text.js";
import { parseWorkflowName } from "../workflow-name.js";

interface ListOptions extends ServerOptions {
  readonly signal?: string;
  readonly param: readonly string[];
  readonly project?: string;
  readonly limit: string;
  readonly after?: string;
}

/** `headwater lineage`: who makes whom act, as it is deployed and as it has happened. */
export function addLineageCommand(program: Command, context: Context): void {
  const lineage = program.command("lineage").description("tell who makes whom act, through signals and runs");
  addMentions(lineage, context);
  addWorkflowLineage(lineage, context);
  addRunLineage(lineage, context);
  addSignalLineage(lineage, context);
}

function addMentions(lineage: Command, context: Context): void {
  withServer(addListCommand(lineage, "who emits which signal, who starts by it and who waits for it"))
    .option("--signal <signal>", "of this signal only")
    .option("--param <name=value...>", "only who may be about this value: table=orders", [])
    .option("--project <project>", "of this project only")
    .option("--limit <count>", "how many", "50")
    .option("--after <next>", "the page after one that ended with this")
    .action(async ({ format, param, signal, project, limit, after, ...options }: ListOptions) => {
      const client = await connect(context.io, options);
      const params = param.length === 0 ? undefined : JSON.stringify(parseParams(param));
      const answer = await client.listMentions({ query: { signal, project, params, limit, after } });
      print(context, answer, {
        format,
        text: () => renderMentions(answer, { ...context, hasParams: param.length > 0 }),
      });
    });
}

function renderMentions(
  { mentions, next }: { readonly mentions: readonly SignalMention[]; readonly next: string | null },
  { io, hasParams }: Context & { readonly hasParams: boolean },
): string {
  const more = next === null ? "" : `There are more: headwater lineage --after ${plain(next)}\n`;
  if (mentions.length === 0) {
    const such = hasParams
      ? "such a signal with such params. Without --param all that name it are listed"
      : "such a signal";
    return `Nothing that is deployed names ${such}.\n${more}`;
  }
  const rows = mentions.map(({ signal, role, params, match, step, ...of }) => {
    const about = JSON.stringify(role === "emits" ? params : match);
    return [plain(signal), role, placeText(of), plain(step ?? ""), about === "{}" ? "" : plain(about)];
  });
  return renderTable(["SIGNAL", "ROLE", "WHO", "STEP", "PARAMS"], rows, io.stdout.columns) + more;
}

function placeText({ project, environment, name }: Omit<LineagePlace, "isWebhook">): string {
  return `${plain(`${project}/${name}`)}${inEnvironment(environment)}`;
}

function addWorkflowLineage(lineage: Command, context: Context): void {
  withConnection(
    lineage
      .command("workflow")
      .description("what makes a workflow act, and what it makes act, as it is deployed"),
  )
    .argument("<workflow>", "PROJECT/WORKFLOW")
    .option("--depth <links>", "how many links from there", "5")
    .action(async (name: string, { format, environment, depth, ...options }: DepthOptions) => {
      const params = parseWorkflowName(name);
      const client = await connect(context.io, options);
      const answer = await client.workflowLineage({ params, query: { environment, depth } });
      print(context, answer, { format, text: () => renderDeclared(name, answer, context) });
    });
}

interface DepthOptions extends ConnectionOptions {
  readonly depth: string;
}

function renderDeclared(
  name: string,
  { upstream, downstream, isCut }: DeclaredLineage,
  context: Context,
): string {
  if (upstream.length + downstream.length === 0) {
    return `${plain(name)} is linked to nothing: no signal, end of a run or step that is deployed leads to it or from it.\n`;
  }
  const rows = (links: readonly DeclaredLink[]): string[][] =>
    links.map((link) => [
      String(link.distance),
      `${placeText(link.from)}${link.from.isWebhook ? " (webhook)" : ""}`,
      wayText(link),
      placeText(link.to),
    ]);
  return renderLinks({ upstream: rows(upstream), downstream: rows(downstream), isCut }, context);
}

interface LinkTables {
  readonly upstream: readonly (readonly string[])[];
  readonly downstream: readonly (readonly string[])[];
  readonly isCut: boolean;
}

function renderLinks({ upstream, downstream, isCut }: LinkTables, { io }: Context): string {
  const heads = ["DISTANCE", "FROM", "BY", "TO"];
  const part = (title: string, rows: readonly (readonly string[])[]): string =>
    rows.length === 0 ? "" : `${title}\n${renderTable(heads, rows, io.stdout.columns)}`;
  return [
    part("What leads to it:", upstream),
    part("What it leads to:", downstream),
    isCut ? "There are more than are told.\n" : "",
  ].join("");
}

function wayText({ via, step, signal }: Pick<DeclaredLink, "via" | "step" | "signal">): string {
  switch (via) {
    case "signal":
      return plain(`${signal ?? ""}${step === null ? "" : `, for which ${step} waits`}`);
    case "end":
      return "its end";
    case "step":
      return plain(`its step ${step ?? ""}`);
  }
}

function addRunLineage(lineage: Command, context: Context): void {
  withConnection(
    lineage.command("run").description("which runs and signals have led to a run, and what came of it"),
  )
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .option("--depth <links>", "how many links from there", "5")
    .action(async (id: string, { format, environment, depth, ...options }: DepthOptions) => {
      const client = await connect(context.io, options);
      const answer = await client.runLineage({ params: { id }, query: { environment, depth } });
      print(context, answer, { format, text: () => renderActual(answer, context) });
    });
}

function renderActual(
  { run, upstream, downstream, unheard, isCut }: ActualLineage,
  context: Context,
): string {
  const rows = (links: readonly ActualLink[]): string[][] =>
    links.map(({ from, to, signal, distance, ...way }) => [
      String(distance),
      from === null ? "outside" : runText(from),
      signal === null
        ? wayText({ ...way, signal: null })
        : `${wayText({ ...way, signal: signal.signal === "" ? "a signal" : signal.signal })} (signal ${signal.id})`,
      runText(to),
    ]);
  const head = `${runText(run)}, started by: ${run.trigger}\n`;
  const lost = unheard.map(({ id, signal, params }) =>
    plain(`Nobody has used signal ${id}: ${signal} ${JSON.stringify(params)}`),
  );
  const links = renderLinks({ upstream: rows(upstream), downstream: rows(downstream), isCut }, context);
  return head + links + lost.map((line) => `${line}\n`).join("");
}

function runText({ name, status }: LineageRun): string {
  return plain(`${name} ${status}`);
}

interface SignalOptions extends ServerOptions {
  readonly limit: string;
  readonly after?: string;
}

function addSignalLineage(lineage: Command, context: Context): void {
  withServer(
    lineage
      .command("signal")
      .description("where a signal came from, and the runs that it started or let go on"),
  )
    .argument("<id>", "its number, as headwater signals tells it")
    .option("--limit <count>", "how many", "50")
    .option("--after <next>", "the page after one that ended with this")
    .action(async (id: string, { format, limit, after, ...options }: SignalOptions) => {
      const client = await connect(context.io, options);
      const answer = await client.getSignal({ params: { id }, query: { limit, after } });
      print(context, answer, { format, text: () => renderUses(answer, context) });
    });
}

function renderUses({ signal, emittedBy, uses, next }: SignalUses, { io }: Context): string {
  const from = emittedBy === null ? "outside" : runText(emittedBy);
  const head = plain(`${signal.signal} ${JSON.stringify(signal.params)}`);
  const recorded = `${head}\nrecorded ${instantText(signal.at)}, from ${from}\n`;
  if (uses.length === 0) return `${recorded}Nobody has used it${signal.isMatched ? "" : " yet"}.\n`;
  const rows = uses.map(({ run, step }) => [
    runText(run),
    plain(step === null ? "started" : `let ${step} go on`),
    instantText(run.createdAt),
  ]);
  const more = next === null ? "" : `There are more: --after ${plain(next)}\n`;
  return recorded + renderTable(["RUN", "WHAT", "CREATED"], rows, io.stdout.columns) + more;
}
