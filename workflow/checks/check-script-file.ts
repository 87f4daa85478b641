import { resolvePath } from "../project/repository-path.js";
import type { StepFields } from "../schema/step-schema.js";
import { offsetsIn } from "../syntax/scalar-offsets.js";
import type { BodyPlace } from "./check-code.js";

/** Files that are programs, and what runs them when it stands before. */
const PROGRAM =
  /^(?:(?:python3?|bash|sh|node|ruby|perl|Rscript)\s+)?((?:\.\/)?(?:[\w.-]+\/)*[\w-]+\.(?:sh|py|js|mjs|ts|rb|pl|R))(?=\s|$)/;

/**
 * The file that a script begins with is in the repository. Only one that is named like a program, by a path of the repository: it
 * may still be made by an earlier step, so it is a warning.
 */
export function checkScriptFile(
  { run, working_directory: folder, image }: Pick<StepFields, "run" | "working_directory" | "image">,
  { text, tree, report }: BodyPlace,
): void {
  if (run?.node.kind !== "scalar" || image !== undefined) return;
  const named = programIn(run.value);
  const path = named === null ? null : pathFrom(folder?.value, named.program);
  if (named === null || path === null || tree.contentId(path) !== undefined) return;
  const offset = offsetsIn(text, run.node);
  const start = offset(named.end - named.program.length);
  const message = `There is no file "${path}" in the repository: the script cannot begin unless an earlier step makes it`;
  report({ code: "script-missing", message, range: { start, end: offset(named.end - 1) + 1 } });
}

function programIn(script: string): { readonly program: string; readonly end: number } | null {
  const [matched, program] = PROGRAM.exec(script) ?? [];
  return matched === undefined || program === undefined ? null : { program, end: matched.length };
}

/** Null for a name without a folder, which may be a program of the machine. */
function pathFrom(folder: string | undefined, program: string): string | null {
  if (!program.includes("/")) return null;
  const named = program.replace(/^\.\//, "");
  return resolvePath(folder === undefined ? named : `${folder}/${named}`, "");
}
