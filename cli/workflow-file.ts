import { lstatSync } from "node:fs";
import { join, relative } from "node:path";
import {
  type CompiledWorkflow,
  compileOneWorkflow,
  type Diagnostic,
  fileKind,
  type FileKind,
  type SourceTree,
} from "@headwater/workflow";
import { type Context, EXIT_FINDINGS } from "./context.js";
import { renderFinding } from "./finding-text.js";
import { existing, openProjects, readBytes, rootOf, SETTINGS_FILE, slashed } from "./project-folder.js";
import { styleFor } from "./style.js";
import { UsageError } from "./usage-error.js";

/**
 * The workflow of one file, compiled with the settings of its project. Null when it has errors: they are on standard error
 * then, and the command ends with 1. @throws UsageError when the file cannot be read
 */
export function openWorkflow(file: string, context: Context): CompiledWorkflow | null {
  const { io } = context;
  const absolute = existing(file, io.cwd, () => fileOfWorkflow(file, io));
  const problem = lstatSync(absolute).isFile() ? OTHER_FILES[fileKind(file) ?? "workflow"] : "it is no file";
  if (problem !== null)
    throw new UsageError(`Cannot read "${file}" as a workflow: ${problem}, name a *.workflow.yaml`);
  const root = rootOf(absolute);
  const path = slashed(relative(root, absolute));
  const tree = treeOf(root, [path, ...openProjects([file], io).flatMap((project) => project.tree.paths)]);
  const { workflow, diagnostics } = compileOneWorkflow(path, tree);
  const errors = diagnostics.filter(preventsSimulation);
  if (errors.length === 0) return workflow;
  const style = styleFor(io.stderr, io.env);
  const textOf = (named: string): string => new TextDecoder().decode(tree.read(named) ?? new Uint8Array());
  for (const error of errors) io.stderr.write(`${renderFinding(error, textOf, style)}\n\n`);
  context.exit(EXIT_FINDINGS);
  return null;
}

/** Where the workflow of that id is, for who named it and not its file; empty text when the project here has none. */
function fileOfWorkflow(id: string, io: Context["io"]): string {
  if (!/^[a-z][\w-]*$/.test(id) || !isFile(join(rootOf(io.cwd), SETTINGS_FILE))) return "";
  const begin = new RegExp(`^workflow:[ \\t]*["']?${id}["']?[ \\t]*(#.*)?\\r?$`, "m");
  for (const { root, tree } of openProjects([], io)) {
    const found = tree.paths.find(
      (path) => fileKind(path) === "workflow" && begin.test(new TextDecoder().decode(tree.read(path))),
    );
    if (found !== undefined)
      return `. Workflow "${id}" is in ${slashed(relative(io.cwd, join(root, found)))}`;
  }
  return "";
}

/** Why a file of that kind is no workflow; null where it may be one, whatever its name. */
const OTHER_FILES: Readonly<Record<FileKind, string | null>> = {
  workflow: null,
  test: "it holds the tests of one",
  template: "it is a template",
  settings: "it holds the settings of a project",
};

/** Whether what a file says is unclear. What only lacks a database is said, simulated and drawn all the same. */
export function preventsSimulation({ severity, code }: Diagnostic): boolean {
  return severity === "error" && code !== "unknown-connection";
}

/** Files are read when they are asked for: one workflow needs few of a large project. It may be one that Git ignores. */
function treeOf(root: string, paths: readonly string[]): SourceTree {
  const contents = new Map<string, Uint8Array | undefined>();
  function read(named: string): Uint8Array | undefined {
    if (!contents.has(named))
      contents.set(named, isFile(join(root, named)) ? readBytes(join(root, named)) : undefined);
    return contents.get(named);
  }
  return {
    paths: [...new Set(paths)].sort(),
    read,
    contentId: (named) => (read(named) === undefined ? undefined : named),
  };
}

/** Links are not followed, as in a repository. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
