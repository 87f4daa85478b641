import type { Command } from "commander";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { plain } from "../table.js";
import { parseWorkflowName } from "../workflow-name.js";

interface UnblockOptions extends ConnectionOptions {
  readonly reason: string;
}

/** `headwater unblock PROJECT/WORKFLOW`: a failed run holds up its workflow no longer. */
export function addUnblockCommand(program: Command, context: Context): void {
  withConnection(
    program
      .command("unblock")
      .description("let a strict_sequential workflow go on although its latest run failed"),
  )
    .argument("<workflow>", "PROJECT/WORKFLOW")
    .option("--reason <words>", "why; it is kept with the run", "")
    .action(async (name: string, { format, environment, reason, ...options }: UnblockOptions) => {
      const client = await connect(context.io, options);
      const run = await client.unblockWorkflow({
        params: { ...parseWorkflowName(name) },
        query: { environment },
        body: { by: context.io.user, reason },
      });
      const text = (): string => `${plain(name)} goes on; ${plain(run.name)} holds it up no longer\n`;
      print(context, run, { format, text });
    });
}
