import type { Command } from "commander";
import { counted } from "@headwater/workflow";
import { DEFAULT_ENVIRONMENT, type Client, type Deployment, type Pin } from "@headwater/api";
import { connect, type ServerOptions, withServer } from "../connection.js";
import { type Context, print } from "../context.js";
import { reasonAbove, renderFacts, renderFindings } from "../deployment-text.js";
import { renderPin } from "../not-live-text.js";
import { renderSourceEvent } from "../source-event-text.js";
import type { Style } from "../style.js";
import { plain } from "../table.js";
import { instantText } from "../time-text.js";

const PINS = 1000;

/** `headwater deployments`: what became of each commit. */
export function addDeploymentsCommand(program: Command, context: Context): void {
  withServer(program.command("deployments").description("list what became of each commit, newest first"))
    .option("--project <project>", "of this project only")
    .option("--environment <name>", "of this environment only")
    .option("--limit <count>", "how many", "20")
    .action((options: Options) => list(options, context));
}

interface Options extends ServerOptions {
  readonly project?: string;
  readonly environment?: string;
  readonly limit: string;
}

async function list({ project, environment, limit, format, ...options }: Options, context: Context) {
  const client = await connect(context.io, options);
  const answer = await client.listDeployments({ query: { project, environment, limit } });
  const { pins } = await client.listPins({ query: { project, limit: PINS } });
  const open = pins.filter(
    (pin) => pin.ended === null && pin.environment === (environment ?? pin.environment),
  );
  const text = (): string =>
    renderPins(open) + (renderAll(answer, context) || nothingText(project, environment));
  print(context, { ...answer, pins: open }, { format, text });
}

type Answer = Awaited<ReturnType<Client["listDeployments"]>>;

/** In the order of time, newest first. */
function renderAll({ deployments, sourceEvents }: Answer, context: Context): string {
  return [
    ...deployments.map((one) => ({ at: one.endedAt, text: renderDeployment(one, context) })),
    ...sourceEvents.map((one) => ({ at: one.since, text: renderSourceEvent(one, context.style) })),
  ]
    .sort((one, other) => other.at - one.at)
    .map(({ text }) => text)
    .join("");
}

function nothingText(project: string | undefined, environment: string | undefined): string {
  const of = [
    ...(project === undefined ? [] : [["of project", "--project", project] as const]),
    ...(environment === undefined ? [] : [["in environment", "--environment", environment] as const]),
  ];
  if (of.length === 0) return "No commit was seen yet. Follow a repository: headwater repo add URL\n";
  const where = of.map(([words, , name]) => ` ${words} "${plain(name)}"`).join("");
  return `No commit${where} was seen. All are listed without ${of.map(([, option]) => option).join(" and ")}.\n`;
}

/** Above the list: what it says is deployed may have been overruled. */
function renderPins(pins: readonly Pin[]): string {
  return pins.length === 0 ? "" : `${pins.map((pin) => renderPin(pin)).join("")}\n`;
}

function renderDeployment(deployment: Deployment, { style }: Context): string {
  const { status, project, environment, commit, commitSubject, endedAt } = deployment;
  const reason = reasonAbove(deployment);
  const place = environment === DEFAULT_ENVIRONMENT ? "" : ` (${plain(environment)})`;
  const head = `${instantText(endedAt)}  ${style.status(status)}  ${plain(project ?? "–")}${place}  ${commit.slice(0, 12)}  ${plain(commitSubject ?? "")}`;
  const why = reason === null ? [] : [`  ${plain(reason)}`];
  return [head, ...renderFacts(deployment), ...why, ...findingsOf(deployment, style), ""].join("\n");
}

/** Of what is over only how many: the commit after it mostly has the same. */
function findingsOf(deployment: Deployment, style: Style): readonly string[] {
  const { status, diagnostics } = deployment;
  const isOver = status === "superseded" || status === "removed";
  if (!isOver || diagnostics.length === 0) return renderFindings(deployment, style);
  return [`  ${counted(diagnostics.length, "finding")}: all are in --format json`];
}
