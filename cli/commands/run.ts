import type { Command } from "commander";
import type { Client, Run } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import {
  type Context,
  EXIT_FINDINGS,
  EXIT_INTERRUPTED,
  EXIT_OK,
  type FormatOption,
  print,
} from "../context.js";
import { deployedWorkflow, pausedText } from "../deployed-workflow.js";
import { inEnvironment } from "../environment-text.js";
import { parseParams } from "../params.js";
import { renderSteps } from "../step-table.js";
import { plain } from "../table.js";
import { durationText } from "../time-text.js";
import { watchRun, type WatchedRun } from "../watch-run.js";
import { RunProgress } from "../run-progress.js";
import { parseWorkflowName } from "../workflow-name.js";

interface RunOptions extends ConnectionOptions {
  readonly param: readonly string[];
  readonly wait?: boolean;
}

/** `headwater run PROJECT/WORKFLOW`: start a run, and with `--wait` see it through. */
export function addRunCommand(program: Command, context: Context): void {
  withConnection(program.command("run").description("start a run"))
    .argument("<workflow>", "PROJECT/WORKFLOW")
    .option("--param <name=value>", "a param, as often as needed; the value is JSON, or text", append, [])
    .option("--wait", "show its steps until it ends; exit 0 when it succeeded, 1 when not")
    .action(async (workflow: string, options: RunOptions) => {
      const client = await connect(context.io, options);
      const run = await client.startRun({
        params: parseWorkflowName(workflow),
        query: { environment: options.environment },
        body: { params: parseParams(options.param), by: context.io.user, requestId: context.io.newId() },
      });
      const waits = options.format === "json" ? "" : await waitsText(client, run);
      if (options.wait === true) {
        context.io.stdout.write(waits);
        return seeThrough(context, { client, run }, options);
      }
      const text = (): string => `Started ${plain(run.name)} (${run.id})\n${waits}`;
      print(context, run, { format: options.format, text });
    });
}

async function waitsText(client: Client, run: Run): Promise<string> {
  const waits = pausedText(run, await deployedWorkflow(client, run));
  return waits === null ? "" : `${plain(waits)}\n`;
}

async function seeThrough(
  context: Context,
  { client, run }: { readonly client: Client; readonly run: Run },
  { format }: RunOptions,
): Promise<void> {
  const interrupt = new AbortController();
  const stopListening = context.io.onInterrupt(() => interrupt.abort());
  const progress = new RunProgress(context, format);
  try {
    const watched = await watchRun(client, run, {
      signal: interrupt.signal,
      onChange: (now) => progress.show(now),
      onRetry: (step) => progress.tellRetry(step),
    });
    progress.clear();
    finish(context, progress.untold(watched), { watched, format });
  } finally {
    stopListening();
  }
}

function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Prints to people what has not been said yet, and to programs all of `watched`. */
function finish(
  context: Context,
  { run, steps }: WatchedRun,
  { watched, format }: FormatOption & { readonly watched: WatchedRun },
): void {
  const { io, style } = context;
  if (run.endedAt === null) {
    io.stderr.write(`Stopped waiting. ${plain(run.name)} goes on: headwater show ${plain(run.name)}\n`);
    return context.exit(EXIT_INTERRUPTED);
  }
  context.exit(run.status === "succeeded" ? EXIT_OK : EXIT_FINDINGS);
  const took = run.startedAt === null ? "" : ` in ${durationText(run.endedAt - run.startedAt)}`;
  const reason = run.reason === null ? "" : `: ${plain(run.reason)}`;
  const text = (): string =>
    `${renderSteps(steps, { style, columns: io.stdout.columns, attempt: run.attempt })}\n${plain(run.name)}${inEnvironment(run.environment)} ${style.status(run.status)}${took}${reason}\n`;
  print(context, watched, { format, text });
}
