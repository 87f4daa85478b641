import type { AttemptRequest } from "@headwater/engine";
import { writeFile } from "node:fs/promises";
import { resolveTexts } from "../secrets/resolve-texts.js";
import type { Secrets } from "../secrets/secrets.js";
import type { Command, ExecuteCommand } from "./execute-command.js";
import { noteUnmasked } from "./note-unmasked.js";
import { resultOfExit } from "./result-of-exit.js";
import { finalResult, missingSecrets } from "./results.js";
import type { StepKind } from "./step-context.js";
import { workingFolder } from "./working-folder.js";

export type RunRequest = Extract<AttemptRequest, { readonly kind: "run" }>;

export interface RunKindOptions {
  readonly execute: ExecuteCommand;
  readonly secrets: Secrets;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Linux takes at most 128 KiB in one argument (MAX_ARG_STRLEN). */
const LONGEST_INLINE_SCRIPT_BYTES = 100 * 1024;

/** `run`: a shell script in the repository's tree at the run's commit. */
export function createRunKind({ execute, secrets: provider, now }: RunKindOptions): StepKind<RunRequest> {
  return async (attempt, stop, onStarted) => {
    const { request, logFile } = attempt;
    const secrets = await resolveTexts(request.env, { provider, scope: attempt.secretScope });
    if (!secrets.ok) return missingSecrets(secrets.missing);
    const masks = [...secrets.secrets.values()];
    await noteUnmasked(logFile, now(), secrets.secrets);
    const tree = await attempt.tree();
    const folder = await workingFolder(tree, request.workingDirectory);
    if (!folder.ok) return finalResult(folder.message);
    const { image, resources, outputs } = request;
    const work = { attempt, tree, cwd: folder.path, env: secrets.texts, masks, image, resources };
    return execute(
      {
        ...work,
        prepare: (outputFile) => shellCommand(request, outputFile),
        conclude: (exit, outputFile) =>
          resultOfExit(exit, { outputFile, logFile, outputs, masks, now: now() }),
      },
      { stop, onStarted },
    );
  };
}

/** A script that is too long for an argument goes through a file beside the output file. */
async function shellCommand({ shell, script }: RunRequest, outputFile: string): Promise<Command> {
  const strict = shell === "bash" ? ["-e", "-o", "pipefail"] : ["-e"];
  if (Buffer.byteLength(script) <= LONGEST_INLINE_SCRIPT_BYTES) {
    return { file: shell, args: [...strict, "-c", script], files: [] };
  }
  const file = `${outputFile}.script`;
  await writeFile(file, script, { mode: 0o600 });
  return { file: shell, args: [...strict, file], files: [file] };
}
