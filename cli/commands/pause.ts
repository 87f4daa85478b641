import type { Command } from "commander";
import { actOnRun, type ActionOptions, addRunCommandOf } from "../act-on-run.js";
import type { Context } from "../context.js";

type Options = ActionOptions & { readonly step?: string };

const STEP = "only this step; inside a loop with its iteration, such as load[3].copy";

/** `headwater pause RUN` and `headwater resume RUN`. */
export function addPauseCommands(program: Command, context: Context): void {
  addRunCommandOf(program, "pause", "begin nothing more of a run, or not a step; what executes goes on")
    .option("--step <path>", STEP)
    .action(async (id: string, options: Options) => {
      const done = options.step === undefined ? "Paused" : `Pauses ${options.step} of`;
      await act(context, { id, action: "pause", done }, options);
    });
  addRunCommandOf(
    program,
    "resume",
    "let a run go on that was paused, or a step that is paused or at a breakpoint",
  )
    .option("--step <path>", STEP)
    .action(async (id: string, options: Options) => {
      const done = options.step === undefined ? "Resumed" : `Resumed ${options.step} of`;
      await act(context, { id, action: "resume", done }, options);
    });
}

async function act(
  context: Context,
  { id, action, done }: { readonly id: string; readonly action: "pause" | "resume"; readonly done: string },
  options: Options,
): Promise<void> {
  const step = options.step === undefined ? {} : { path: options.step };
  await actOnRun(
    context,
    { id, action: { action, ...step }, done: ({ name }) => `${done} ${name}` },
    options,
  );
}
