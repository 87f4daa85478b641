import type { Command } from "commander";
import type { Client } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { listAllSteps } from "../run-steps.js";
import { plain } from "../table.js";
import { UsageError } from "../usage-error.js";

type Options = ConnectionOptions & { readonly comment: string; readonly by?: string };

/** `headwater approve RUN STEP` and `headwater reject RUN STEP`. */
export function addApprovalCommands(program: Command, context: Context): void {
  addAnswer(program, context, true);
  addAnswer(program, context, false);
}

function addAnswer(program: Command, context: Context, approved: boolean): void {
  const name = approved ? "approve" : "reject";
  const description = approved
    ? "approve a step that waits for it, so that its run goes on"
    : "reject a step that waits for approval: it fails";
  withConnection(program.command(name).description(description))
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .argument("[step]", "the step that waits; inside a loop with its iteration, such as load[3].check")
    .option("--comment <words>", "kept with the run, and an output of the step", "")
    .option("--by <name>", "who answers: one of the step's approvers; default: the user")
    .action(async (id: string, path: string | undefined, options: Options) => {
      const client = await connect(context.io, options);
      if (path === undefined) throw await stepMissing(client, { id, name, environment: options.environment });
      const body = { path, approved, comment: options.comment, by: options.by ?? context.io.user };
      const query = { environment: options.environment };
      const run = await client.answerApproval({ params: { id }, query, body });
      const text = (): string => `${approved ? "Approved" : "Rejected"} ${path} of ${plain(run.name)}\n`;
      print(context, run, { format: options.format, text });
    });
}

/** Names the steps that wait: who answers must say which, and mean it. */
async function stepMissing(
  client: Client,
  { id, name, environment }: { readonly id: string; readonly name: string; readonly environment: string },
): Promise<UsageError> {
  const run = await client.getRun({ params: { id }, query: { environment } });
  const waiting = (await listAllSteps(client, run.id)).filter(({ actions }) => actions.includes("approve"));
  const what = `Cannot ${name} ${plain(run.name)} without a step`;
  if (waiting.length === 0) return new UsageError(`${what}: none of its steps waits for approval`);
  const commands = waiting.map(({ path }) => `headwater ${name} ${id} ${plain(path)}`);
  return new UsageError(`${what}. What waits: ${commands.join("; ")}`);
}
