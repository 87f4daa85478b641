import type { Command } from "commander";
import type { Repository, Workflow } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { requireEnvironment } from "../known-environment.js";
import { renderNotLive } from "../not-live-text.js";
import { plain, renderTable } from "../table.js";
import { instantText } from "../time-text.js";

interface WorkflowsOptions extends ConnectionOptions {
  readonly project?: string;
}

/** `headwater workflows`: what is deployed. */
export function addWorkflowsCommand(program: Command, context: Context): void {
  withConnection(program.command("workflows").description("list what is deployed"))
    .option("--project <project>", "of this project only")
    .action(async (options: WorkflowsOptions) => {
      const client = await connect(context.io, options);
      const workflows: Workflow[] = [];
      for (let after: string | null | undefined; after !== null;) {
        const query = { environment: options.environment, project: options.project, after, limit: 500 };
        const page = await client.listWorkflows({ query });
        workflows.push(...page.workflows);
        after = page.next;
      }
      if (workflows.length === 0) await requireEnvironment(client, options.environment);
      const { repositories } = await client.listRepositories();
      const notLive = repositories.filter((repository) => concerns(repository, options));
      const text = (): string => {
        const table = workflows.length === 0 ? nothingLike(options) : renderWorkflows(workflows, context);
        return notLive.length === 0 ? table : `${table}\n${renderNotLive(notLive, context.style)}`;
      };
      print(context, { workflows, notLive }, { format: options.format, text });
    });
}

/** Its newest commit is not what runs; one that does not even name a project may be of any. */
function concerns({ notLive, pins }: Repository, { project }: WorkflowsOptions): boolean {
  if (pins.some((pin) => project === undefined || pin.project === project)) return true;
  if (notLive === null) return false;
  return project === undefined || notLive.project === null || notLive.project === project;
}

function nothingLike({ project, environment }: WorkflowsOptions): string {
  if (project !== undefined)
    return `No workflow of project "${project}" is deployed in ${environment}. All are listed without --project.\n`;
  return `Nothing is deployed in ${environment}. Follow a repository: headwater repo add URL\n`;
}

function renderWorkflows(workflows: readonly Workflow[], { style, io }: Context): string {
  const rows = workflows.map(
    ({ project, workflow, versionNumber, lastRun, nextFireAt, paused, description }) => [
      plain(`${project}/${workflow}`),
      `v${versionNumber}`,
      lastRun === null ? "never ran" : `#${lastRun.number} ${style.status(lastRun.status)}`,
      paused === null ? instantText(nextFireAt) : plain(`paused by ${paused.by}`),
      plain(description ?? ""),
    ],
  );
  return renderTable(["WORKFLOW", "VERSION", "LAST RUN", "NEXT RUN", "DESCRIPTION"], rows, io.stdout.columns);
}
