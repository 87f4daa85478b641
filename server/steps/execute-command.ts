import type { AttemptResult } from "@headwater/engine";
import type { StepResources } from "@headwater/workflow";
import { lstatSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { ContainerError } from "./containers/container-command.js";
import type { Containers } from "./containers/containers.js";
import type { CpuLimits } from "./cpu-limits.js";
import { KnownFolders } from "./known-folders.js";
import { noteUnenforced } from "./note-unenforced.js";
import { ProcessHostError, type ProcessExit, type ProcessHost } from "./process-host.js";
import { errorResult, finalResult, platformResult } from "./results.js";
import type { Attempt, StopSignal } from "./step-context.js";

/** What every step kind needs that starts a process. */
export interface CommandOptions {
  readonly host: ProcessHost;
  /** For steps with an image. */
  readonly containers: Pick<Containers, "run">;
  /** For steps without. */
  readonly cpuLimits: CpuLimits;
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

/** What a step executes, and what is made of its end. */
export interface CommandWork {
  readonly attempt: Attempt;
  /** The repository's files. */
  readonly tree: string;
  /** Where it starts. */
  readonly cwd: string;
  /** The step's own variables, with secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Values that must not appear in the log. */
  readonly masks: readonly string[];
  /** A container's image; null for a process of this machine. */
  readonly image: string | null;
  readonly resources: StepResources | null;
  /** Files that it hands over have names that begin with `outputFile`, which is where `$HEADWATER_OUTPUT` points. */
  prepare(outputFile: string): Promise<Command>;
  conclude(exit: ProcessExit, outputFile: string): Promise<AttemptResult>;
}

export interface Command {
  /** Searched for on the PATH. */
  readonly file: string;
  readonly args: readonly string[];
  /** Removed when it has ended. */
  readonly files: readonly string[];
}

export interface Course {
  readonly stop: StopSignal;
  readonly onStarted: () => void;
}

const INHERITED = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"] as const;
const NO_RESOURCES: StepResources = { cpu: null, memoryBytes: null, gpu: null };
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** Executes a step's command to its end, as a process of this machine or in a container. */
export type ExecuteCommand = (work: CommandWork, course: Course) => Promise<AttemptResult>;

/** See `ExecuteCommand`. */
export function createExecuteCommand(options: CommandOptions): ExecuteCommand {
  const folders = new KnownFolders();
  return async (work, course) => {
    await folders.make(dirname(work.attempt.outputFile));
    await folders.make(work.attempt.dataFolder);
    const execute = work.image === null ? executeInProcess : executeInContainer;
    return execute(options, work, course);
  };
}

async function executeInProcess(
  options: CommandOptions,
  work: CommandWork,
  { stop, onStarted }: Course,
): Promise<AttemptResult> {
  const { attempt, resources, env } = work;
  const { file, args, files } = await work.prepare(attempt.outputFile);
  const { cpu, gpu, memoryBytes } = resources ?? NO_RESOURCES;
  const cpuLimit = options.cpuLimits.open(cpu);
  try {
    await noteUnenforced(attempt.logFile, options.now(), { cpu: cpuLimit.isHeld ? null : cpu, gpu });
    const variables = { ...serviceVariables(options), ...attemptVariables(attempt), ...env };
    const limited = cpuLimit.wrap({ file, args });
    const command = { ...commonOf(options, work), ...limited, env: variables, memoryBytes };
    return await work.conclude(await options.host.run(command, stop, onStarted), attempt.outputFile);
  } catch (error) {
    return hostFailure(error, file);
  } finally {
    for (const each of files) await rm(each, { recursive: true, force: true });
    await removeOutputs(attempt.outputFile);
    cpuLimit.close();
  }
}

/** Whatever a script has left there, up to all of the disk. Most leave nothing: a look on the spot takes microseconds. */
async function removeOutputs(outputFile: string): Promise<void> {
  if (lstatSync(outputFile, { throwIfNoEntry: false }) === undefined) return;
  await rm(outputFile, { recursive: true, force: true });
}

/** What it hands over is in a folder of the attempt's own: a container sees nothing of other attempts. */
async function executeInContainer(
  options: CommandOptions,
  work: CommandWork,
  { stop, onStarted }: Course,
): Promise<AttemptResult> {
  const { attempt, image, resources, tree, env } = work;
  const exchange = `${attempt.outputFile}.exchange`;
  const inside = { ...attempt, outputFile: join(exchange, "output") };
  await mkdir(exchange, { recursive: true });
  const { file, args } = await work.prepare(inside.outputFile);
  try {
    const command = {
      ...commonOf(options, work),
      image: image ?? "",
      resources,
      file,
      args,
      env: { ...pickVariables(options, options.stepEnv), ...attemptVariables(inside), ...env },
      folders: [tree, attempt.dataFolder, exchange],
      labels: {
        "headwater.run": attempt.runId,
        "headwater.step": attempt.path,
        "headwater.attempt": String(attempt.attempt),
      },
    };
    return await work.conclude(await options.containers.run(command, stop, onStarted), inside.outputFile);
  } catch (error) {
    return hostFailure(error, file);
  } finally {
    await rm(exchange, { recursive: true, force: true });
  }
}

function commonOf(
  { maxLogBytes, killAfterMs }: CommandOptions,
  { attempt: { logFile }, cwd, masks }: CommandWork,
): { cwd: string; logFile: string; maxLogBytes: number; killAfterMs: number; masks: readonly string[] } {
  return { cwd, logFile, maxLogBytes, killAfterMs, masks };
}

function serviceVariables(options: CommandOptions): Readonly<Record<string, string>> {
  const seen = pickVariables(options, [...INHERITED, ...options.stepEnv]);
  return { ...seen, PATH: `${seen["PATH"] ?? DEFAULT_PATH}${delimiter}${options.nodeFolder}` };
}

function pickVariables(
  { environment }: CommandOptions,
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

const BLAMED = { final: finalResult, error: errorResult, platform: platformResult } as const;

function hostFailure(error: unknown, file: string): AttemptResult {
  if (error instanceof ContainerError) return BLAMED[error.blame](error.message);
  if (!(error instanceof ProcessHostError)) throw error;
  switch (error.errno) {
    case "E2BIG":
      return finalResult(
        "Cannot start the script: its variables are larger than the operating system allows; pass files instead",
      );
    case "ENOENT":
      return errorResult(`Cannot start the script: this machine has no "${file}", or the folder has gone`);
    case "ERR_INVALID_ARG_VALUE":
      return finalResult("Cannot start the script: it or one of its variables holds a null byte");
    default:
      return platformResult(error.message);
  }
}
