import { compileInterface } from "../compile/compile-workflow.js";
import type { WorkflowInterface } from "../compile/step-sources.js";
import { workflowSchema } from "../schema/workflow-schema.js";
import { parseYamlFile } from "../syntax/parse-yaml.js";
import { decodeUtf8 } from "../syntax/utf8.js";
import type { CompileCache } from "./compile-cache.js";
import type { SourceTree } from "./source-tree.js";

/**
 * The tree, which also knows by which file a workflow is defined: as the content of `workflowEntry(id)`. So a file that asks
 * for a workflow is compiled anew when that one is moved, added or removed, as for any other file that it asks for.
 */
export function withWorkflowIndex(
  tree: SourceTree,
  workflowPaths: readonly string[],
  cache: CompileCache,
): SourceTree {
  let index: ReadonlyMap<string, string> | undefined;
  return {
    paths: tree.paths,
    read: (path) => tree.read(path),
    contentId: (path) => {
      if (!path.startsWith(ENTRY)) return tree.contentId(path);
      index ??= indexOf(tree, workflowPaths, cache);
      return index.get(path);
    },
  };
}

/** What another workflow of the project says about itself; null when there is none of this id, or only a part of it can be read. */
export function interfaceOf(id: string, tree: SourceTree, cache: CompileCache): WorkflowInterface | null {
  const path = fileOfWorkflow(id, tree);
  if (path === null) return null;
  return cache.reuse({ what: "interface", of: path }, tree, (watched) => readInterface(path, watched).given);
}

/** The path of the file that defines a workflow, in a tree that knows; null when there is none of this id. */
export function fileOfWorkflow(id: string, tree: SourceTree): string | null {
  return tree.contentId(workflowEntry(id)) ?? null;
}

/** No path of a repository begins so. */
const ENTRY = "\0workflow/";

function workflowEntry(id: string): string {
  return ENTRY + id;
}

/** Of two files with one id the first counts, and a finding says so. */
function indexOf(
  tree: SourceTree,
  workflowPaths: readonly string[],
  cache: CompileCache,
): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const path of workflowPaths) {
    const id = idOf(path, tree, cache);
    if (id !== null && !paths.has(workflowEntry(id))) paths.set(workflowEntry(id), path);
  }
  return paths;
}

/** The id of the workflow in a file, remembered for the index; null for a file without one. */
export function idOf(path: string, tree: SourceTree, cache: CompileCache): string | null {
  return cache.reuse({ what: "workflow-id", of: path }, tree, (watched) => readId(path, watched));
}

/** The id where it nearly always stands, at the beginning of a line; the whole file is read only where it does not. */
function readId(path: string, tree: SourceTree): string | null {
  const decoded = decodeUtf8(tree.read(path) ?? new Uint8Array());
  const found = "text" in decoded ? WORKFLOW_ID.exec(decoded.text) : null;
  return found?.[1] ?? readInterface(path, tree).id;
}

const WORKFLOW_ID = /^workflow:[ \t]+(?=([a-z][a-z0-9-]*))\1[ \t]*(?:#.*)?$/m;

function readInterface(
  path: string,
  tree: SourceTree,
): { readonly id: string | null; readonly given: WorkflowInterface | null } {
  const { root, brokenAt } = parseYamlFile(tree.read(path) ?? new Uint8Array(), ignore);
  const fields = root === null ? {} : (workflowSchema.read(root, ignore)?.value ?? {});
  return { id: fields.workflow?.value ?? null, given: brokenAt === null ? compileInterface(fields) : null };
}

/** What is wrong with a file is reported with that file. */
function ignore(): void {}
