import type { Command } from "commander";
import type { Deployment, Pin } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { reasonAbove, renderFacts, renderFindings } from "../deployment-text.js";
import { renderPin } from "../not-live-text.js";
import { plain } from "../table.js";
import { instantText } from "../time-text.js";

const PINS = 1000;

/** `headwater deployments`: what became of each commit. */
export function addDeploymentsCommand(program: Command, context: Context): void {
  withConnection(program.command("deployments").description("list what became of each commit, newest first"))
    .option("--project <project>", "of this project only")
    .option("--limit <count>", "how many", "20")
    .action(async (options: ConnectionOptions & { readonly project?: string; readonly limit: string }) => {
      const client = await connect(context.io, options);
      const answer = await client.listDeployments({
        query: { project: options.project, limit: options.limit },
      });
      const { pins } = await client.listPins({ query: { project: options.project, limit: PINS } });
      const open = pins.filter(({ ended }) => ended === null);
      const text = (): string => renderPins(open) + listed();
      const listed = (): string =>
        answer.deployments.map((deployment) => renderDeployment(deployment, context)).join("") ||
        (options.project === undefined
          ? "No commit was seen yet. Follow a repository: headwater repo add URL\n"
          : `No commit of project "${options.project}" was seen. All are listed without --project.\n`);
      print(context, { ...answer, pins: open }, { format: options.format, text });
    });
}

/** Above the list: what it says is deployed may have been overruled. */
function renderPins(pins: readonly Pin[]): string {
  return pins.length === 0 ? "" : `${pins.map((pin) => renderPin(pin)).join("")}\n`;
}

function renderDeployment(deployment: Deployment, { style }: Context): string {
  const { status, project, environment, commit, commitSubject, endedAt } = deployment;
  const reason = reasonAbove(deployment);
  const place = environment === "production" ? "" : ` (${plain(environment)})`;
  const head = `${instantText(endedAt)}  ${style.status(status)}  ${plain(project ?? "–")}${place}  ${commit.slice(0, 12)}  ${plain(commitSubject ?? "")}`;
  const why = reason === null ? [] : [`  ${plain(reason)}`];
  return [head, ...renderFacts(deployment), ...why, ...renderFindings(deployment, style), ""].join("\n");
}
