import type { Command } from "commander";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { renderTable } from "../table.js";
import { instantText } from "../time-text.js";
import { parseWorkflowName } from "../workflow-name.js";

/** `headwater versions PROJECT/WORKFLOW`: every version that was live. */
export function addVersionsCommand(program: Command, context: Context): void {
  withConnection(program.command("versions").description("list the versions of a workflow, newest first"))
    .argument("<workflow>", "PROJECT/WORKFLOW")
    .action(async (workflow: string, { format, environment, ...options }: ConnectionOptions) => {
      const client = await connect(context.io, options);
      const params = parseWorkflowName(workflow);
      const answer = await client.listVersions({ params, query: { environment } });
      const rows = answer.versions.map(({ number, commit, createdAt, id, fingerprint }) => [
        `v${number}`,
        commit.slice(0, 12),
        instantText(createdAt),
        fingerprint.slice(0, 12),
        id,
      ]);
      const titles = ["VERSION", "COMMIT", "SINCE", "FINGERPRINT", "ID"];
      print(context, answer, { format, text: () => renderTable(titles, rows, context.io.stdout.columns) });
    });
}
