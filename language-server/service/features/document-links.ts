import { resolvePath } from "@headwater/workflow";
import type { Located, StepFields, TemplateFields } from "@headwater/workflow/navigation";
import type { DocumentLink } from "vscode-languageserver-types";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** The files that a file names and that are there: templates, queries, notebooks, scripts. */
export function documentLinks({ project, path }: ProjectFile): DocumentLink[] {
  const model = project.model(path);
  if (model === null) return [];
  const bodies: readonly (StepFields | TemplateFields)[] =
    model.kind === "workflow"
      ? model.steps.map(({ fields }) => fields)
      : model.kind === "template" && model.template !== null
        ? [model.template.fields]
        : [];
  const document = project.document(path);
  const known = new Set(project.tree.paths);
  return bodies.flatMap(namesOfFiles).flatMap(({ value, range }) => {
    const target = resolvePath(value, path);
    if (target === null || !known.has(target)) return [];
    return [{ range: toRange(document, range), target: project.uriOf(target), tooltip: target }];
  });
}

function namesOfFiles(fields: StepFields | TemplateFields): readonly Located<string>[] {
  const { sql, notebook } = fields;
  const written = notebook?.value;
  const notebookFile =
    typeof written === "string" && notebook !== undefined ? { ...notebook, value: written } : undefined;
  return [
    "use" in fields ? fields.use : undefined,
    sql?.value.file,
    notebookFile,
    typeof written === "object" ? written.file : undefined,
  ].filter((field) => field !== undefined);
}
