import type { Command } from "commander";
import type { Alert, AlertTest } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, EXIT_FAILURE, print } from "../context.js";
import { requireEnvironment } from "../known-environment.js";
import { plain, renderTable } from "../table.js";
import { instantText } from "../time-text.js";
import { parseWorkflowName } from "../workflow-name.js";

interface AlertsOptions extends ConnectionOptions {
  readonly workflow?: string;
  readonly limit: string;
}

/** `headwater alerts`: who was told what, and whether they can be. */
export function addAlertsCommand(program: Command, context: Context): void {
  const alerts = program.command("alerts").description("what people were told, and whether they can be");
  withConnection(alerts.command("list", { isDefault: true }).description("list alerts, newest first"))
    .option("--workflow <workflow>", "of PROJECT/WORKFLOW only")
    .option("--limit <count>", "how many", "20")
    .action(async ({ format, environment, workflow, limit, ...options }: AlertsOptions) => {
      const client = await connect(context.io, options);
      const of = workflow === undefined ? {} : parseWorkflowName(workflow);
      const answer = await client.listAlerts({ query: { ...of, environment, limit } });
      if (answer.alerts.length === 0) await requireEnvironment(client, environment);
      print(context, answer, { format, text: () => renderAlerts(answer, context) });
    });
  withConnection(alerts.command("test").description("send a test message to each receiver of a workflow"))
    .argument("<workflow>", "PROJECT/WORKFLOW")
    .action(async (workflow: string, { format, environment, ...options }: ConnectionOptions) => {
      const client = await connect(context.io, options);
      const params = parseWorkflowName(workflow);
      const answer = await client.testAlerts({ params, query: { environment } });
      print(context, answer, { format, text: () => renderTest(answer, workflow, context) });
      if (answer.receivers.some(({ error }) => error !== null)) context.exit(EXIT_FAILURE);
    });
}

function renderAlerts(
  { alerts, problems }: { readonly alerts: readonly Alert[]; readonly problems: readonly string[] },
  { style, io }: Context,
): string {
  const rows = alerts.map((alert) => [
    instantText(alert.createdAt),
    plain(subjectOf(alert)),
    alert.occasion,
    plain(`${alert.channel} ${alert.to}`),
    stateText(alert),
    plain(alert.error ?? ""),
  ]);
  const titles = ["TIME", "ABOUT", "OCCASION", "TO", "STATE", "WHY NOT"];
  const table =
    rows.length === 0 ? "Nobody was told anything.\n" : renderTable(titles, rows, io.stdout.columns);
  const notes = problems.map((problem) => `${style.bad("cannot be told:")} ${plain(problem)}\n`).join("");
  return notes === "" ? table : `${table}\n${notes}`;
}

/** The last run of it, or the commit. */
function subjectOf({ project, workflow, occasion, happened }: Alert): string {
  const last = happened[occasion];
  const total = Object.values(happened).reduce((sum, each) => sum + (each?.count ?? 0), 0);
  const more = total > 1 ? ` and ${total - 1} more` : "";
  if (last?.run) return `${project}/${workflow}#${last.run.number}${more}`;
  return last?.deployment ? `${project} ${last.deployment.commit.slice(0, 8)}${more}` : project;
}

function stateText({ state, toldAt, tries, nextAt }: Alert): string {
  if (state === "told") return `told ${instantText(toldAt)}`;
  const triesText = tries === 1 ? "1 try" : `${tries} tries`;
  if (state === "given_up") return `given up after ${triesText}`;
  const next = nextAt === null ? "being sent" : `waits until ${instantText(nextAt)}`;
  return tries === 0 ? next : `${next}, ${triesText}`;
}

function renderTest({ receivers }: AlertTest, workflow: string, { style }: Context): string {
  if (receivers.length === 0)
    return `${plain(workflow)} tells nobody anything. Write alerts into its file: docs/guide/alerts.md\n`;
  return receivers
    .map(({ channel, to, error }) => {
      const what = plain(`${channel} ${to}`);
      return error === null
        ? `${style.good("told")} ${what}\n`
        : `${style.bad("not told")} ${what}: ${plain(error)}\n`;
    })
    .join("");
}
