import type { Command } from "commander";
import type { Workflow } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { plain, renderTable } from "../table.js";
import { instantText } from "../time-text.js";

/** `headwater workflows`: what is deployed. */
export function addWorkflowsCommand(program: Command, context: Context): void {
  withConnection(program.command("workflows").description("list what is deployed"))
    .option("--project <project>", "of this project only")
    .action(async (options: ConnectionOptions & { readonly project?: string }) => {
      const client = await connect(context.io, options);
      const workflows: Workflow[] = [];
      for (let after: string | null | undefined; after !== null;) {
        const query = { environment: options.environment, project: options.project, after, limit: 500 };
        const page = await client.listWorkflows({ query });
        workflows.push(...page.workflows);
        after = page.next;
      }
      print(
        context,
        { workflows },
        { format: options.format, text: () => renderWorkflows(workflows, context) },
      );
    });
}

function renderWorkflows(workflows: readonly Workflow[], { style, io }: Context): string {
  if (workflows.length === 0) return "Nothing is deployed. Follow a repository: headwater repo add URL\n";
  const rows = workflows.map(({ project, workflow, versionNumber, lastRun, nextFireAt, description }) => [
    plain(`${project}/${workflow}`),
    `v${versionNumber}`,
    lastRun === null ? "never ran" : `#${lastRun.number} ${style.status(lastRun.status)}`,
    instantText(nextFireAt),
    plain(description ?? ""),
  ]);
  return renderTable(["WORKFLOW", "VERSION", "LAST RUN", "NEXT RUN", "DESCRIPTION"], rows, io.stdout.columns);
}
