import { type Command, Option } from "commander";
import { actOnRun, type ActionOptions } from "../act-on-run.js";
import { connect, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { plain } from "../table.js";
import { isWorkflowName, parseWorkflowName } from "../workflow-name.js";

type Options = ActionOptions & { readonly clear?: boolean };

/** `headwater breakpoint RUN STEP`, or of all runs of a workflow `headwater breakpoint PROJECT/WORKFLOW STEP`. */
export function addBreakpointCommand(program: Command, context: Context): void {
  const description =
    "pause a step of a run, or of all runs of a workflow, whenever it is reached; headwater resume lets it go on";
  withConnection(program.command("breakpoint").description(description))
    .argument(
      "<target>",
      "a run's id, PROJECT/WORKFLOW#NUMBER, or PROJECT/WORKFLOW for all runs of a workflow",
    )
    .argument(
      "<step>",
      "the step in all iterations, such as load.copy, or of a run in one, such as load[3].copy",
    )
    .option("--reason <words>", "why; it is kept with the run or the workflow", "")
    .addOption(new Option("--clear", "take the breakpoint away; what is paused at it goes on"))
    .action(async (target: string, step: string, options: Options) => {
      const words = options.clear === true ? "Cleared the breakpoint at" : "Set a breakpoint at";
      if (isWorkflowName(target)) return actOnWorkflow(context, { target, step, words }, options);
      const action = options.clear === true ? "clear_breakpoint" : "set_breakpoint";
      const done = ({ name }: { readonly name: string }): string => `${words} ${step} of ${name}`;
      await actOnRun(context, { id: target, action: { action, step }, done }, options);
    });
}

async function actOnWorkflow(
  context: Context,
  { target, step, words }: { readonly target: string; readonly step: string; readonly words: string },
  { clear, reason, environment, format, ...options }: Options,
): Promise<void> {
  const params = parseWorkflowName(target);
  const client = await connect(context.io, options);
  const request = { params, query: { environment }, body: { step, by: context.io.user, reason } };
  const workflow = await (clear === true ? client.clearBreakpoint(request) : client.setBreakpoint(request));
  const text = (): string => `${words} ${plain(step)} of all runs of ${plain(target)}\n`;
  print(context, workflow, { format, text });
}
