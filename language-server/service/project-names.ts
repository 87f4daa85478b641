import { fileKind } from "@headwater/workflow";
import type { Project } from "./project.js";
import { writtenNames, type WrittenNames } from "./written-names.js";

/** A workflow of the project by its id. */
export interface NamedWorkflow {
  readonly id: string;
  readonly path: string;
}

/** What the files of a project use under a kind of name, sorted, each once. */
export function projectNames(
  project: Project,
  kind: Exclude<keyof WrittenNames, "workflow">,
): readonly string[] {
  return [...new Set(filesOf(project).flatMap((path) => namesIn(project, path)[kind]))].sort();
}

/** All workflows of a project, in the order of their files. */
export function workflowsOf(project: Project): readonly NamedWorkflow[] {
  return filesOf(project).flatMap((path) => {
    const id = fileKind(path) === "workflow" ? namesIn(project, path).workflow : null;
    return id === null ? [] : [{ id, path }];
  });
}

function filesOf({ tree }: Project): readonly string[] {
  return tree.paths.filter((path) => fileKind(path) !== null);
}

function namesIn(project: Project, path: string): WrittenNames {
  return project.remember(`written ${path}`, (tree) => {
    // Asked for only so that the names are read again when the content is another one.
    tree.contentId(path);
    return writtenNames(project.document(path).getText());
  });
}
