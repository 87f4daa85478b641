import { type Command, Option } from "commander";
import { actOnRun, type ActionOptions, addRunCommandOf } from "../act-on-run.js";
import type { Context } from "../context.js";

type Options = ActionOptions & { readonly clear?: boolean };

/** `headwater breakpoint RUN STEP`. */
export function addBreakpointCommand(program: Command, context: Context): void {
  addRunCommandOf(
    program,
    "breakpoint",
    "pause a step of a run whenever it is reached; headwater resume lets it go on",
  )
    .argument("<step>", "the step in all iterations, such as load.copy, or in one, such as load[3].copy")
    .addOption(new Option("--clear", "take the breakpoint away; what is paused at it goes on"))
    .action(async (id: string, step: string, options: Options) => {
      const action = options.clear === true ? "clear_breakpoint" : "set_breakpoint";
      const words = options.clear === true ? "Cleared the breakpoint at" : "Set a breakpoint at";
      const done = ({ name }: { readonly name: string }): string => `${words} ${step} of ${name}`;
      await actOnRun(context, { id, action: { action, step }, done }, options);
    });
}
