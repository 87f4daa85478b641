import {
  isNamedHere,
  itemNameProblem,
  itemsOf,
  nameProblem,
  stepAt,
  type Occurrence,
} from "@headwater/workflow/navigation";
import type { Range, TextEdit, WorkspaceEdit } from "vscode-languageserver-types";
import { nameAt, placesOf } from "../named-place.js";
import type { Project } from "../project.js";
import { toRange, touches } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** The name at an offset, when it may be another one. */
export function renameableAt(
  file: ProjectFile,
  offset: number,
): { range: Range; placeholder: string } | null {
  const name = nameAt(file, offset);
  if (name === undefined || !isNamedHere(name.kind)) return null;
  return { range: toRange(file.project.document(file.path), name.range), placeholder: name.name };
}

/** What a rename does, or why it cannot be done. */
export type Renamed =
  { readonly ok: true; readonly edit: WorkspaceEdit } | { readonly ok: false; readonly message: string };

/** Edits that give what is named at an offset another name, in every file of the project that speaks of it. */
export function renameAt(file: ProjectFile, offset: number, newName: string): Renamed {
  const name = nameAt(file, offset);
  if (name === undefined || !isNamedHere(name.kind))
    return { ok: false, message: "Nothing here has a name that the project gives" };
  const { project } = file;
  const problem =
    nameProblem(name.kind, newName) ?? (isItem(name, project) ? itemNameProblem(newName) : null);
  if (problem !== null) return { ok: false, message: problem };
  const places = placesOf(project, name.symbol);
  const renamed = name.symbol.slice(0, name.symbol.length - name.name.length) + newName;
  const taken = newName === name.name ? undefined : takenBy(file, renamed);
  if (taken !== undefined) return { ok: false, message: `There is a ${name.kind} "${newName}" already` };
  const changes: Record<string, TextEdit[]> = {};
  for (const { path, range } of places) {
    const edits = (changes[project.uriOf(path)] ??= []);
    edits.push({ range: toRange(project.document(path), range), newText: newName });
  }
  return { ok: true, edit: { changes } };
}

/** Whether a name is that of an item of a foreach. */
function isItem({ symbol, kind }: Occurrence, project: Project): boolean {
  if (kind !== "variable") return false;
  return placesOf(project, symbol).some(({ path, range, role }) => {
    const model = role === "definition" ? project.model(path) : null;
    const step = model?.kind === "workflow" ? stepAt(model.top, range.start) : null;
    return itemsOf(step?.fields.foreach).some(({ keyRange }) => touches(keyRange, range.start));
  });
}

function takenBy({ project }: ProjectFile, symbol: string): string | undefined {
  return project.tree.paths.find((path) =>
    project
      .occurrences(path)
      .some((occurrence) => occurrence.symbol === symbol && occurrence.role === "definition"),
  );
}
