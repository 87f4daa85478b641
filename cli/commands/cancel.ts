import type { Command } from "commander";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { plain } from "../table.js";

/** `headwater cancel RUN`. */
export function addCancelCommand(program: Command, context: Context): void {
  withConnection(program.command("cancel").description("cancel a run: its steps get SIGTERM, then SIGKILL"))
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .option("--reason <words>", "why; it is kept with the run", "on the command line")
    .action(async (id: string, options: ConnectionOptions & { readonly reason: string }) => {
      const client = await connect(context.io, options);
      const body = { reason: options.reason, by: context.io.user };
      const run = await client.cancelRun({
        params: { id },
        query: { environment: options.environment },
        body,
      });
      print(context, run, { format: options.format, text: () => `Canceling ${plain(run.name)}\n` });
    });
}
