import type { AttemptResult } from "@headwater/engine";
import type { ValueType } from "@headwater/workflow";
import { appendLogLine } from "../logs/append-line.js";
import { createMask } from "../logs/mask.js";
import { missingOutputs } from "./missing-outputs.js";
import { plainLine } from "./plain-line.js";
import { parseOutputs } from "./output-file.js";
import type { ProcessExit } from "./process-host.js";
import { readOutputFile } from "./read-output-file.js";
import { errorResult, finalResult } from "./results.js";

const SHOWN_PROBLEMS = 5;

export interface EndedCommand {
  /** Where `$HEADWATER_OUTPUT` pointed. */
  readonly outputFile: string;
  readonly logFile: string;
  /** Declared ones. */
  readonly outputs: Readonly<Record<string, ValueType>>;
  readonly masks: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What the end of a process and what it wrote to its output file make of the attempt. */
export async function resultOfExit(exit: ProcessExit, ended: EndedCommand): Promise<AttemptResult> {
  const file = await readOutputFile(ended.outputFile);
  const hasSucceeded = exit.kind === "exited" && exit.code === 0;
  if (file.kind === "refused" && hasSucceeded) return finalResult(file.message);
  const text = file.kind === "text" ? createMask(ended.masks)(file.text) : "";
  const written = parseOutputs(text, ended.outputs);
  const { undeclared, problems, retryable, outputs } = written;
  if (undeclared.length > 0) {
    const names = undeclared.map((name) => `"${name}"`).join(", ");
    await appendLogLine(ended.logFile, ended.now, `ignored outputs that the step does not declare: ${names}`);
  }
  const failure = exitFailure(exit);
  if (failure !== null) return { ...failure, retryable };
  if (problems.length > 0) {
    return { ...errorResult(`Cannot read the outputs: ${listed(problems)}`), retryable };
  }
  const missing = missingOutputs(ended.outputs, written);
  return missing === null ? { status: "succeeded", outputs } : { ...errorResult(missing), retryable };
}

/** Null when it succeeded. */
function exitFailure(exit: ProcessExit): Extract<AttemptResult, { readonly status: "failed" }> | null {
  switch (exit.kind) {
    case "signaled":
      return errorResult(withReason(`killed by ${exit.signal}`, exit));
    case "over_memory":
      return errorResult(
        `ended: it needed ${mebibytes(exit.usedBytes)}, its limit is ${mebibytes(exit.limitBytes)}`,
      );
    case "exited":
      if (exit.code === 0) return null;
      return {
        ...errorResult(`${withReason(`exited with code ${exit.code}`, exit)}${hintOf(exit)}`),
        exitCode: exit.code,
      };
  }
}

const NOT_EXECUTABLE = 126;

/** A mode that Git does not keep by itself, and that most forget. Source: POSIX, exit status of commands that cannot be executed. */
function hintOf({ code, lastErrorLine }: Extract<ProcessExit, { readonly kind: "exited" }>): string {
  if (code !== NOT_EXECUTABLE || !lastErrorLine.endsWith("Permission denied")) return "";
  return ". Make it executable in Git: git update-index --chmod=+x FILE, or run it by its interpreter: sh FILE";
}

function withReason(state: string, { lastErrorLine }: ProcessExit): string {
  const reason = plainLine(lastErrorLine);
  return reason === "" ? state : `${state}: ${reason}`;
}

/** What is no text has a problem in every line. */
function listed(problems: readonly string[]): string {
  const more = problems.length - SHOWN_PROBLEMS;
  const rest = more > 0 ? [`and ${more} more`] : [];
  return [...problems.slice(0, SHOWN_PROBLEMS).map(plainLine), ...rest].join("; ");
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / (1024 * 1024))} MiB of memory`;
}
