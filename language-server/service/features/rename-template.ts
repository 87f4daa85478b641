import type { Occurrence } from "@headwater/workflow/navigation";
import type { TextEdit } from "vscode-languageserver-types";
import type { Project } from "../project.js";
import { toRange } from "../text-place.js";
import { editsForMoves, type MovedPath } from "./move-files.js";

/** A template's own name, and its file, which is called after it in most projects. */
export interface NamedTemplate {
  readonly id: string;
  readonly path: string;
}

/** The template of which a name speaks; null for one that is not there. */
export function templateOf({ symbol }: Occurrence, project: Project): NamedTemplate | null {
  const path = symbol.slice(symbol.indexOf(" ") + 1);
  const given = givenName(path, project);
  return given === undefined ? null : { id: given.name, path };
}

/** What another name of a template changes, by path, and where its file is to go; null when that stays. */
export function templateEdits(
  { id, path }: NamedTemplate,
  newName: string,
  { project, renamesFiles }: { readonly project: Project; readonly renamesFiles: boolean },
): { readonly edits: ReadonlyMap<string, readonly TextEdit[]>; readonly move: MovedPath | null } {
  const to = `${path.slice(0, path.lastIndexOf("/") + 1)}${newName}${ENDING}`;
  const isCalledSo = path.slice(path.lastIndexOf("/") + 1) === id + ENDING;
  const move = renamesFiles && isCalledSo ? { from: path, to } : null;
  const edits = new Map(move === null ? [] : editsForMoves(project, [move]));
  const given = givenName(path, project);
  if (given !== undefined) {
    const edit = { range: toRange(project.document(path), given.range), newText: newName };
    edits.set(path, [edit, ...(edits.get(path) ?? [])]);
  }
  return { edits, move };
}

const ENDING = ".template.yaml";

function givenName(path: string, project: Project): Occurrence | undefined {
  return project.occurrences(path).find(({ kind, role }) => kind === "template" && role === "definition");
}
