import type { Command } from "commander";
import type { Client, Run } from "@headwater/api";
import { actOnRun, type ActionOptions, addRunCommandOf, type RunAction } from "../act-on-run.js";
import type { Context } from "../context.js";
import { deployedWorkflow, pausedText, shorten } from "../deployed-workflow.js";
import { parseParams } from "../params.js";
import { UsageError } from "../usage-error.js";

interface Options extends ActionOptions {
  readonly step?: string;
  readonly fromBeginning?: boolean;
  readonly version?: string;
  readonly param: readonly string[];
}

/** `headwater restart RUN`. */
export function addRestartCommand(program: Command, context: Context): void {
  addRunCommandOf(
    program,
    "restart",
    "do again what of a run did not succeed; what succeeded keeps what it left",
  )
    .option("--from-beginning", "do all of it again")
    .option(
      "--step <path>",
      "do a step again and what follows from it; one iteration is load[3] or load[3].copy",
    )
    .option(
      "--version <version>",
      "with another version: latest, which takes the newest commit too, or its number; what changed is done again",
    )
    .option(
      "--param <name=value>",
      "another value for a param, as often as needed; who reads it is done again",
      append,
      [],
    )
    .action(async (id: string, options: Options) => {
      await actOnRun(
        context,
        { id, action: actionOf(options), done: (run, client) => restartedText(run, client, options) },
        options,
      );
    });
}

/** Scripts come from the commit of the run, which a restart keeps: who has mended one must be told. */
async function restartedText(run: Run, client: Client, { version }: Options): Promise<string> {
  const workflow = await deployedWorkflow(client, run);
  const isOld = version === undefined && workflow !== null && workflow.commit !== run.commit;
  const commits = isOld
    ? ` at commit ${shorten(run.commit)}, as before; ${shorten(workflow.commit)} is deployed now: --version latest`
    : "";
  const waits = pausedText(run, workflow);
  return `Restarted ${run.name}${commits}${waits === null ? "" : `. ${waits}`}`;
}

function actionOf({ step, fromBeginning, version, param }: Options): RunAction {
  if (step !== undefined && fromBeginning === true) {
    throw new UsageError("Cannot restart both from the beginning and from a step: leave one of the two out");
  }
  return {
    action: "restart",
    from: fromBeginning === true ? "beginning" : "incomplete",
    params: parseParams(param),
    ...(step === undefined ? {} : { path: step }),
    ...(version === undefined ? {} : { version: parseVersion(version) }),
  };
}

function parseVersion(text: string): "latest" | number {
  if (text === "latest") return text;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot restart with version "${text}": it must be "latest" or a number, as headwater versions shows it`,
  );
}

function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
