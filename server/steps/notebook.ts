import type { AttemptRequest, AttemptResult } from "@headwater/engine";
import { copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { appendLogLine } from "../logs/append-line.js";
import { notebookFileOf } from "../logs/log-files.js";
import type { Command, ExecuteCommand } from "./execute-command.js";
import { failedCell } from "./failed-cell.js";
import { resultOfExit } from "./result-of-exit.js";
import { errorResult, finalResult } from "./results.js";
import type { Attempt, StepKind } from "./step-context.js";

export type NotebookRequest = Extract<AttemptRequest, { readonly kind: "notebook" }>;

export interface NotebookKindOptions {
  readonly execute: ExecuteCommand;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const PAPERMILL = "papermill";
/** A notebook with more in it stays where nobody looks: it is thrown away with the attempt's other files. */
const LARGEST_KEPT_BYTES = 100 * 1024 * 1024;

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
          const executed = `${outputFile}.ipynb`;
          await keep(executed, attempt, now());
          const result = await resultOfExit(exit, { outputFile, logFile, outputs, masks: [], now: now() });
          return withCell(result, await failedCell(executed));
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

async function keep(executed: string, { logFile }: Attempt, now: number): Promise<void> {
  const size = (await stat(executed).catch(() => null))?.size ?? null;
  if (size === null) return;
  const file = notebookFileOf(logFile);
  if (size > LARGEST_KEPT_BYTES) {
    return appendLogLine(
      logFile,
      now,
      `not kept, ${size} bytes are over the limit of ${LARGEST_KEPT_BYTES}: the notebook`,
    );
  }
  await mkdir(dirname(file), { recursive: true });
  await copyFile(executed, file);
  await appendLogLine(logFile, now, `the executed notebook is "${file}"`);
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
