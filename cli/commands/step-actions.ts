import type { Command } from "commander";
import { actOnRun, type ActionOptions, addRunCommandOf, type RunAction } from "../act-on-run.js";
import type { Context } from "../context.js";
import { parseParams } from "../params.js";
import { UsageError } from "../usage-error.js";

const STEP = "the step; inside a loop with its iteration, such as load[3].copy";

type SkipOptions = ActionOptions & { readonly output: readonly string[] };

/** `headwater skip`, `bypass`, `retry` and `set-max-parallel`, each with a run and a step of it. */
export function addStepCommands(program: Command, context: Context): void {
  addRunCommandOf(program, "skip", "end a step without its being done; those that need it take it for done")
    .argument("<step>", STEP)
    .option("--output <name=value>", "an output to leave in its place, as often as needed", append, [])
    .action(async (id: string, path: string, options: SkipOptions) => {
      const outputs = options.output.length === 0 ? {} : { outputs: parseParams(options.output) };
      await act(
        context,
        { id, action: { action: "skip", path, ...outputs }, done: `Skips ${path}` },
        options,
      );
    });
  addRunCommandOf(program, "bypass", "let a step go on that waits for signals, as if they had come")
    .argument("<step>", STEP)
    .action(async (id: string, path: string, options: ActionOptions) => {
      await act(
        context,
        { id, action: { action: "bypass", path }, done: `Bypassed the gates of ${path}` },
        options,
      );
    });
  addRunCommandOf(program, "retry", "begin the next attempt of a step now that waits for its retry")
    .argument("<step>", STEP)
    .action(async (id: string, path: string, options: ActionOptions) => {
      await act(context, { id, action: { action: "retry", path }, done: `Retries ${path}` }, options);
    });
  addRunCommandOf(
    program,
    "set-max-parallel",
    "let so many iterations of a foreach go on at once from now on",
  )
    .argument("<step>", "the foreach")
    .requiredOption("--to <number>", "from 1 up")
    .action(async (id: string, path: string, options: ActionOptions & { readonly to: string }) => {
      const maxParallel = Number(options.to);
      if (!Number.isInteger(maxParallel) || maxParallel < 1) {
        throw new UsageError(
          `Cannot set max_parallel to "${options.to}": it must be a whole number from 1 up`,
        );
      }
      const action = { action: "set_max_parallel", path, maxParallel } as const;
      await act(context, { id, action, done: `Set max_parallel of ${path} to ${maxParallel}` }, options);
    });
}

async function act(
  context: Context,
  { id, action, done }: { readonly id: string; readonly action: RunAction; readonly done: string },
  options: ActionOptions,
): Promise<void> {
  await actOnRun(context, { id, action, done: ({ name }) => `${done}, of ${name}` }, options);
}

function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
