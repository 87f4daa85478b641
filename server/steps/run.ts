import type { AttemptRequest, AttemptResult } from "@headwater/engine";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { appendLogLine } from "../logs/append-line.js";
import { createMask } from "../logs/mask.js";
import { resolveTexts } from "../secrets/resolve-texts.js";
import type { Secrets } from "../secrets/secrets.js";
import { ContainerError } from "./containers/container-command.js";
import type { Containers } from "./containers/containers.js";
import { KnownFolders } from "./known-folders.js";
import { noteUnenforced } from "./note-unenforced.js";
import { noteUnmasked } from "./note-unmasked.js";
import { missingOutputs } from "./missing-outputs.js";
import { parseOutputs } from "./output-file.js";
import { ProcessHostError, type ProcessCommand, type ProcessExit, type ProcessHost } from "./process-host.js";
import { readOutputFile } from "./read-output-file.js";
import { errorResult, finalResult, missingSecrets, platformResult } from "./results.js";
import type { Attempt, StepKind, StopSignal } from "./step-context.js";

export type RunRequest = Extract<AttemptRequest, { readonly kind: "run" }>;

export interface RunKindOptions {
  readonly host: ProcessHost;
  /** For steps with an image. */
  readonly containers: Pick<Containers, "run">;
  readonly secrets: Secrets;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The service's own environment, from which steps see a few names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names of the service's variables that steps see beside the usual ones. */
  readonly stepEnv: readonly string[];
  /** Put at the end of PATH, so that scripts find the `node` that runs the service. */
  readonly nodeFolder: string;
  readonly maxLogBytes: number;
  readonly killAfterMs: number;
}

const INHERITED = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"] as const;
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";
/** Linux takes at most 128 KiB in one argument (MAX_ARG_STRLEN). */
const LONGEST_INLINE_SCRIPT_BYTES = 100 * 1024;

/** `run`: a shell script in the repository's tree at the run's commit. */
export function createRunKind(options: RunKindOptions): StepKind<RunRequest> {
  const folders = new KnownFolders();
  return async (attempt, stop, onStarted) => {
    const secrets = await resolveTexts(attempt.request.env, options.secrets);
    if (!secrets.ok) return missingSecrets(secrets.missing);
    const masks = [...secrets.secrets.values()];
    await noteUnmasked(attempt.logFile, options.now(), secrets.secrets);
    const tree = await attempt.tree();
    const folder = await workingFolder(tree, attempt.request.workingDirectory);
    if (!folder.ok) return finalResult(folder.message);
    await folders.make(dirname(attempt.outputFile));
    await folders.make(attempt.dataFolder);
    const common = {
      cwd: folder.path,
      logFile: attempt.logFile,
      maxLogBytes: options.maxLogBytes,
      masks,
      killAfterMs: options.killAfterMs,
    };
    const execute = attempt.request.image === null ? runInProcess : runInContainer;
    return execute(options, { attempt, tree, env: secrets.texts, common }, { stop, onStarted });
  };
}

/** What a script needs, wherever it runs. */
interface Prepared {
  readonly attempt: Attempt<RunRequest>;
  readonly tree: string;
  /** The step's own variables, with secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly common: Pick<ProcessCommand, "cwd" | "logFile" | "maxLogBytes" | "masks" | "killAfterMs">;
}

interface Course {
  readonly stop: StopSignal;
  readonly onStarted: () => void;
}

async function runInProcess(
  options: RunKindOptions,
  { attempt, env, common }: Prepared,
  { stop, onStarted }: Course,
): Promise<AttemptResult> {
  const { shell, resources } = attempt.request;
  await noteUnenforced(attempt.logFile, options.now(), resources);
  const script = await scriptArguments(attempt);
  const variables = { ...serviceVariables(options), ...attemptVariables(attempt), ...env };
  try {
    const command = { ...common, file: shell, args: script.args, env: variables };
    const exit = await options.host.run(command, stop, onStarted);
    return await resultOf(exit, attempt, { masks: common.masks, now: options.now() });
  } catch (error) {
    return hostFailure(error, shell);
  } finally {
    if (script.file !== null) await rm(script.file, { force: true });
  }
}

/** The output file and a long script are in a folder of the attempt's own: a container sees nothing of other attempts. */
async function runInContainer(
  options: RunKindOptions,
  { attempt, tree, env, common }: Prepared,
  { stop, onStarted }: Course,
): Promise<AttemptResult> {
  const { shell, image, resources } = attempt.request;
  const exchange = `${attempt.outputFile}.exchange`;
  const inside = { ...attempt, outputFile: join(exchange, "output") };
  await mkdir(exchange, { recursive: true });
  try {
    const command = {
      ...common,
      image: image ?? "",
      resources,
      file: shell,
      args: (await scriptArguments(inside)).args,
      env: { ...pickVariables(options, options.stepEnv), ...attemptVariables(inside), ...env },
      folders: [tree, attempt.dataFolder, exchange],
      labels: {
        "headwater.run": attempt.runId,
        "headwater.step": attempt.path,
        "headwater.attempt": String(attempt.attempt),
      },
    };
    const exit = await options.containers.run(command, stop, onStarted);
    return await resultOf(exit, inside, { masks: common.masks, now: options.now() });
  } catch (error) {
    return hostFailure(error, shell);
  } finally {
    await rm(exchange, { recursive: true, force: true });
  }
}

type WorkingFolder =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string };

/** A folder of the tree, and nowhere else. */
async function workingFolder(tree: string, relative: string | null): Promise<WorkingFolder> {
  if (relative === null) return { ok: true, path: tree };
  const path = resolve(tree, relative);
  const refuse = (state: string): WorkingFolder => ({
    ok: false,
    message: `Cannot use working_directory "${relative}": ${state}`,
  });
  if (path !== tree && !path.startsWith(tree + sep)) return refuse("it leads out of the repository");
  const found = await stat(path).catch(() => null);
  if (found === null) return refuse("the repository has no such folder at this commit");
  return found.isDirectory() ? { ok: true, path } : refuse("it is a file");
}

/** A script that is too long for an argument goes through a file beside the output file. */
async function scriptArguments({
  request,
  outputFile,
}: Attempt<RunRequest>): Promise<{ readonly args: readonly string[]; readonly file: string | null }> {
  const strict = request.shell === "bash" ? ["-e", "-o", "pipefail"] : ["-e"];
  if (Buffer.byteLength(request.script) <= LONGEST_INLINE_SCRIPT_BYTES) {
    return { args: [...strict, "-c", request.script], file: null };
  }
  const file = `${outputFile}.script`;
  await writeFile(file, request.script, { mode: 0o600 });
  return { args: [...strict, file], file };
}

function serviceVariables(options: RunKindOptions): Readonly<Record<string, string>> {
  const seen = pickVariables(options, [...INHERITED, ...options.stepEnv]);
  return { ...seen, PATH: `${seen["PATH"] ?? DEFAULT_PATH}${delimiter}${options.nodeFolder}` };
}

function pickVariables(
  { environment }: RunKindOptions,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

function attemptVariables(attempt: Attempt): Readonly<Record<string, string>> {
  return { ...attempt.variables, HEADWATER_OUTPUT: attempt.outputFile, HEADWATER_DATA: attempt.dataFolder };
}

interface ResultContext {
  readonly masks: readonly string[];
  readonly now: number;
}

async function resultOf(
  exit: ProcessExit,
  attempt: Attempt<RunRequest>,
  context: ResultContext,
): Promise<AttemptResult> {
  const file = await readOutputFile(attempt.outputFile);
  const hasSucceeded = exit.kind === "exited" && exit.code === 0;
  if (file.kind === "refused" && hasSucceeded) return finalResult(file.message);
  const text = file.kind === "text" ? createMask(context.masks)(file.text) : "";
  const written = parseOutputs(text, attempt.request.outputs);
  if (written.undeclared.length > 0) {
    const names = written.undeclared.map((name) => `"${name}"`).join(", ");
    await appendLogLine(
      attempt.logFile,
      context.now,
      `ignored outputs that the step does not declare: ${names}`,
    );
  }
  if (exit.kind === "signaled") {
    return { ...errorResult(withReason(`killed by ${exit.signal}`, exit)), retryable: written.retryable };
  }
  if (exit.code !== 0) {
    const failed = errorResult(withReason(`exited with code ${exit.code}`, exit));
    return { ...failed, retryable: written.retryable, exitCode: exit.code };
  }
  if (written.problems.length > 0) {
    const failed = errorResult(`Cannot read the outputs: ${written.problems.join("; ")}`);
    return { ...failed, retryable: written.retryable };
  }
  const missing = missingOutputs(attempt.request.outputs, written);
  if (missing !== null) return { ...errorResult(missing), retryable: written.retryable };
  return { status: "succeeded", outputs: written.outputs };
}

function withReason(state: string, { lastErrorLine }: ProcessExit): string {
  return lastErrorLine === "" ? state : `${state}: ${lastErrorLine}`;
}

const BLAMED = { final: finalResult, error: errorResult, platform: platformResult } as const;

function hostFailure(error: unknown, shell: string): AttemptResult {
  if (error instanceof ContainerError) return BLAMED[error.blame](error.message);
  if (!(error instanceof ProcessHostError)) throw error;
  switch (error.errno) {
    case "E2BIG":
      return finalResult(
        "Cannot start the script: its variables are larger than the operating system allows; pass files instead",
      );
    case "ENOENT":
      return errorResult(`Cannot start the script: this machine has no "${shell}", or the folder has gone`);
    case "ERR_INVALID_ARG_VALUE":
      return finalResult("Cannot start the script: it or one of its variables holds a null byte");
    default:
      return platformResult(error.message);
  }
}
