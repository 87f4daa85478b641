import type { Command } from "commander";
import type { Deployment } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { reasonAbove, renderFindings } from "../deployment-text.js";
import { plain } from "../table.js";
import { instantText } from "../time-text.js";

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
      const text = (): string =>
        answer.deployments.map((deployment) => renderDeployment(deployment, context)).join("") ||
        (options.project === undefined
          ? "No commit was seen yet. Follow a repository: headwater repo add URL\n"
          : `No commit of project "${options.project}" was seen. All are listed without --project.\n`);
      print(context, answer, { format: options.format, text });
    });
}

function renderDeployment(deployment: Deployment, { style }: Context): string {
  const { status, project, commit, commitSubject, endedAt } = deployment;
  const reason = reasonAbove(deployment);
  const head = `${instantText(endedAt)}  ${style.status(status)}  ${plain(project ?? "–")}  ${commit.slice(0, 12)}  ${plain(commitSubject ?? "")}`;
  const why = reason === null ? [] : [`  ${plain(reason)}`];
  return [head, ...why, ...renderFindings(deployment, style), ""].join("\n");
}
