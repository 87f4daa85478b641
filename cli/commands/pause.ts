import type { Command } from "commander";
import { actOnRun, type ActionOptions } from "../act-on-run.js";
import { connect, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { plain } from "../table.js";
import { UsageError } from "../usage-error.js";
import { isWorkflowName, parseWorkflowName } from "../workflow-name.js";

type Options = ActionOptions & { readonly step?: string };

interface Request {
  readonly target: string;
  readonly action: "pause" | "resume";
  readonly done: string;
}

const STEP = "only this step of the run; inside a loop with its iteration, such as load[3].copy";

/** `headwater pause` and `headwater resume`, of a run, a step or a workflow. */
export function addPauseCommands(program: Command, context: Context): void {
  const pause = "begin nothing more of a run, not a step, or no run of a workflow; what executes goes on";
  addCommand(program, "pause", pause).action(async (target: string, options: Options) => {
    const done = options.step === undefined ? "Paused" : `Pauses ${options.step} of`;
    await act(context, { target, action: "pause", done }, options);
  });
  const resume = "let a run or a workflow go on that was paused, or a step that is paused or at a breakpoint";
  addCommand(program, "resume", resume).action(async (target: string, options: Options) => {
    const done = options.step === undefined ? "Resumed" : `Resumed ${options.step} of`;
    await act(context, { target, action: "resume", done }, options);
  });
}

function addCommand(program: Command, name: string, description: string): Command {
  return withConnection(program.command(name).description(description))
    .argument("<target>", "a run's id, PROJECT/WORKFLOW#NUMBER, or PROJECT/WORKFLOW for all of a workflow")
    .option("--reason <words>", "why; it is kept with the run or the workflow", "")
    .option("--step <path>", STEP);
}

async function act(context: Context, { target, action, done }: Request, options: Options): Promise<void> {
  if (isWorkflowName(target)) return actOnWorkflow(context, { target, action, done }, options);
  const step = options.step === undefined ? {} : { path: options.step };
  await actOnRun(
    context,
    { id: target, action: { action, ...step }, done: ({ name }) => `${done} ${name}` },
    options,
  );
}

async function actOnWorkflow(
  context: Context,
  { target, action, done }: Request,
  { step, reason, environment, format, ...options }: Options,
): Promise<void> {
  if (step !== undefined) {
    throw new UsageError(
      `Cannot ${action} "${step}" of "${target}": --step is of one run, such as ${target}#12`,
    );
  }
  const params = parseWorkflowName(target);
  const client = await connect(context.io, options);
  const request = { params, query: { environment }, body: { by: context.io.user, reason } };
  const workflow = await (action === "pause"
    ? client.pauseWorkflow(request)
    : client.resumeWorkflow(request));
  print(context, workflow, { format, text: () => `${done} ${plain(target)}\n` });
}
