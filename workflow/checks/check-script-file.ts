import type { TextRange } from "../diagnostics/diagnostic.js";
import { writeInstead } from "../diagnostics/nearest-name.js";
import { isPlainFile } from "../project/file-modes.js";
import { filesIn } from "../project/folder-index.js";
import { resolvePath } from "../project/repository-path.js";
import type { StepFields } from "../schema/step-schema.js";
import { isLfsPointer } from "../syntax/git-lfs.js";
import { offsetsIn } from "../syntax/scalar-offsets.js";
import type { BodyPlace } from "./body-place.js";
import { nearestFile } from "./nearest-file.js";
import { simpleCommands, type ScriptCommand, type ScriptWord } from "./script-commands.js";
import { interpreterOf, programFileOf, roleOf, startedFileOf } from "./script-programs.js";

/**
 * The programs that a script runs by a path are in the repository, and may be run. An earlier step may make one, so it is a warning; and
 * nothing is said of what an earlier command of the script may make, or where it may have gone to another folder. In a container
 * the working copy is at the same place, and a script begins in it.
 */
export function checkScriptFile(
  { run, working_directory: folder }: Pick<StepFields, "run" | "working_directory">,
  place: BodyPlace,
): void {
  if (run?.node.kind !== "scalar" || !MAY_NAME_ONE.test(run.value)) return;
  const offset = offsetsIn(place.text, run.node);
  const base = folder?.value ?? "";
  for (const { file, problem } of unusableFiles(run.value, base, place)) {
    const range = { start: offset(file.start), end: offset(file.end - 1) + 1 };
    if (problem === "missing") reportMissing(file.plain, range, { folder: base, place });
    else reportPlain(file.plain, range, { folder: base, place });
  }
}

/** Most scripts name no program by a path, and are not taken apart. */
const MAY_NAME_ONE = /\.(?:sh|bash|py|js|mjs|cjs|ts|rb|pl|R|sql)\b|(?:^|[\s;&|])\.{1,2}\//;

interface NamedFile extends TextRange {
  readonly plain: string;
}

interface UnusableFile {
  readonly file: NamedFile;
  readonly problem: "missing" | "not executable";
}

function unusableFiles(script: string, folder: string, { tree }: BodyPlace): readonly UnusableFile[] {
  const unusable: UnusableFile[] = [];
  let isAfterProgram = false;
  for (const command of simpleCommands(script)) {
    const place = { script, folder, tree };
    const plain = startedFile(command, place);
    for (const file of missingFiles(command, isAfterProgram, place))
      unusable.push({ file, problem: "missing" });
    if (plain !== null) unusable.push({ file: plain, problem: "not executable" });
    const role = roleOf(command);
    if (role === "unknown") break;
    isAfterProgram ||= role === "program";
  }
  return unusable;
}

interface ScriptPlace {
  readonly script: string;
  readonly folder: string;
  readonly tree: BodyPlace["tree"];
}

function missingFiles(
  command: ScriptCommand,
  isAfterProgram: boolean,
  { script, folder, tree }: ScriptPlace,
): readonly NamedFile[] {
  return filesOf(command).filter(({ plain }) => {
    const path = resolvePath(join(folder, plain), "");
    if (path === null || isThere(path, tree) || isNamedTwice(script, plain)) return false;
    // A program that ran before may have made it; hardly beside files that are in the repository.
    return !isAfterProgram || filesIn(folderOf(path), tree).length > 0;
  });
}

/** A file of the repository that the command starts by itself, and the system refuses to. */
function startedFile(
  { words, mayFail }: ScriptCommand,
  { script, folder, tree }: ScriptPlace,
): NamedFile | null {
  const { plain, ...range } = (mayFail ? null : startedFileOf(words)) ?? NO_WORD;
  if (plain === null || isNamedTwice(script, plain)) return null;
  const path = resolvePath(join(folder, plain), "");
  return path !== null && isPlainFile(path, tree) && !isPointer(path, tree) ? { ...range, plain } : null;
}

const NO_WORD: ScriptWord = { plain: null, start: 0, end: 0 };

/** A pointer of Git LFS is no program, and is not there for whoever runs it. */
function isThere(path: string, tree: BodyPlace["tree"]): boolean {
  return tree.contentId(path) !== undefined && !isPointer(path, tree);
}

function isPointer(path: string, tree: BodyPlace["tree"]): boolean {
  const bytes = tree.read(path);
  return bytes !== undefined && isLfsPointer(bytes);
}

function filesOf(command: ScriptCommand): readonly NamedFile[] {
  if (command.mayFail) return [];
  const program = programFileOf(command.words);
  const named: readonly (ScriptWord | null)[] = [program, ...command.reads];
  return named.flatMap((word) =>
    word !== null && word.plain !== null && MAY_BE_FILE.test(word.plain)
      ? [{ ...word, plain: word.plain }]
      : [],
  );
}

/** A path of the repository that is named like a program. */
const MAY_BE_FILE = /^(?:\.{0,2}\/)?(?:[\w.-]+\/)*[\w.-]+\.(?:sh|bash|py|js|mjs|cjs|ts|rb|pl|R|sql)$/;

/** Such as where the script asks first whether it is there, or makes it. */
function isNamedTwice(script: string, name: string): boolean {
  const base = name.slice(name.lastIndexOf("/") + 1);
  return script.indexOf(base) !== script.lastIndexOf(base);
}

function join(folder: string, name: string): string {
  const plain = name.replace(/^\.\//, "");
  return folder === "" ? plain : `${folder}/${plain}`;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

interface FilePlace {
  readonly folder: string;
  readonly place: BodyPlace;
}

function reportMissing(name: string, range: TextRange, { folder, place: { tree, report } }: FilePlace): void {
  const path = resolvePath(join(folder, name), "") ?? name;
  if (isPointer(path, tree)) {
    const kept = `"${path}" is kept by Git LFS, and only its pointer is in the repository: keep it in Git itself`;
    report({ code: "script-missing", message: kept, range });
    return;
  }
  const near = nearestFile(name, path, { tree, range });
  const message = `There is no file "${path}" in the repository${near.text === "" ? ": the script fails here unless an earlier step makes it" : near.text}`;
  report({ code: "script-missing", message, range, ...near.mend });
}

function reportPlain(name: string, range: TextRange, { folder, place: { report } }: FilePlace): void {
  const path = resolvePath(join(folder, name), "") ?? name;
  const interpreter = interpreterOf(path);
  const instead = interpreter === null ? "" : `, or write "${interpreter} ${name}"`;
  const message = `"${path}" has no executable bit, so this fails with "Permission denied": git update-index --chmod=+x ${path}${instead}`;
  const mend = interpreter === null ? {} : writeInstead(`${interpreter} ${name}`, range);
  report({ code: "script-not-executable", message, range, ...mend });
}
