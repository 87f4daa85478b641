import type { DocumentLink } from "vscode-languageserver-types";
import { namedFiles } from "@headwater/workflow/navigation";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** The files that a file names and that are there: templates, queries, notebooks, scripts. */
export function documentLinks({ project, path }: ProjectFile): DocumentLink[] {
  const model = project.model(path);
  if (model === null) return [];
  const document = project.document(path);
  const known = new Set(project.tree.paths);
  return namedFiles(model)
    .filter(({ target }) => known.has(target))
    .map(({ target, range }) => ({
      range: toRange(document, range),
      target: project.uriOf(target),
      tooltip: target,
    }));
}
