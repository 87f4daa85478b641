import type { AttemptRequest, AttemptResult } from "@headwater/engine";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command, ExecuteCommand } from "./execute-command.js";
import { keepNotebook } from "./keep-notebook.js";
import { resultOfExit } from "./result-of-exit.js";
import { errorResult, finalResult } from "./results.js";
import type { StepKind } from "./step-context.js";

export type NotebookRequest = Extract<AttemptRequest, { readonly kind: "notebook" }>;

export interface NotebookKindOptions {
  readonly execute: ExecuteCommand;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const PAPERMILL = "papermill";

/**
 * `notebook`: executed by papermill in the repository's tree at the run's commit. What it has become, cells with what they gave, is kept
 * beside the attempt's log.
 */
export function createNotebookKind({ execute, now }: NotebookKindOptions): StepKind<NotebookRequest> {
  return async (attempt, stop, onStarted) => {
    const { request, logFile } = attempt;
    const { image, resources, outputs } = request;
    const tree = await attempt.tree();
    const source = join(tree, request.file);
    if ((await stat(source).catch(() => null))?.isFile() !== true) {
      return finalResult(
        `Cannot execute notebook "${request.file}": the repository has no such file at this commit`,
      );
    }
    const work = { attempt, tree, cwd: tree, env: {}, masks: [], image, resources };
    return execute(
      {
        ...work,
        prepare: (outputFile) => papermillCommand(source, { cwd: tree, outputFile, request }),
        conclude: async (exit, outputFile) => {
          const result = await resultOfExit(exit, { outputFile, logFile, outputs, masks: [], now: now() });
          const hasFailed = result.status === "failed";
          const executed = `${outputFile}.ipynb`;
          return withCell(result, await keepNotebook({ executed, logFile, hasFailed, now: now() }));
        },
      },
      { stop, onStarted },
    ).then((result) => withoutPapermill(result, image));
  };
}

/** Source: papermill's Command Line Interface. Params are given by a file, where they keep their types; JSON is YAML too. */
async function papermillCommand(
  source: string,
  place: { readonly cwd: string; readonly outputFile: string; readonly request: NotebookRequest },
): Promise<Command> {
  const params = `${place.outputFile}.params.yaml`;
  const executed = `${place.outputFile}.ipynb`;
  await writeFile(params, JSON.stringify(place.request.params), { mode: 0o600 });
  const args = ["--cwd", place.cwd, "--parameters_file", params, "--log-output", "--no-progress-bar"];
  return { file: PAPERMILL, args: [...args, source, executed], files: [params, executed] };
}

/** Of what papermill says, the last line is the end of a box that it draws; the notebook itself knows what failed. */
function withCell(result: AttemptResult, cell: string | null): AttemptResult {
  return result.status === "failed" && cell !== null ? { ...result, message: cell } : result;
}

function withoutPapermill(result: AttemptResult, image: string | null): AttemptResult {
  const isMissing = result.status === "failed" && result.message.includes(`no "${PAPERMILL}"`);
  if (!isMissing) return result;
  const advice = "pip install papermill ipykernel";
  return errorResult(
    image === null
      ? `Cannot execute the notebook: papermill is not on the service's PATH; install it (${advice}), or give the step an image that has it`
      : `Cannot execute the notebook: image "${image}" has no papermill (${advice})`,
  );
}
