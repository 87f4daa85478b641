import type { DocumentHighlight, Location } from "vscode-languageserver-types";
import { DocumentHighlightKind } from "vscode-languageserver-types";
import { nameAt, placesOf, type PlacedName } from "../named-place.js";
import type { Project } from "../project.js";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** Where the name at an offset is given: the step, the param, the workflow's file; of a signal the steps that emit it. */
export function definitionsAt(file: ProjectFile, offset: number): Location[] {
  return locationsOf(file, offset, ({ role }) => role === "definition");
}

/** Every place of the project that names what is named at an offset. */
export function referencesAt(
  file: ProjectFile,
  offset: number,
  options: { readonly withDefinition: boolean },
): Location[] {
  return locationsOf(file, offset, ({ role }) => options.withDefinition || role === "use");
}

/** The places of the same file. */
export function highlightsAt(file: ProjectFile, offset: number): DocumentHighlight[] {
  const { project, path } = file;
  const name = nameAt(file, offset);
  if (name === undefined) return [];
  const document = project.document(path);
  return project
    .occurrences(path)
    .filter(({ symbol }) => symbol === name.symbol)
    .map(({ range, role }) => ({
      range: toRange(document, range),
      kind: role === "definition" ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    }));
}

function locationsOf(
  file: ProjectFile,
  offset: number,
  isWanted: (place: PlacedName) => boolean,
): Location[] {
  const name = nameAt(file, offset);
  if (name === undefined) return [];
  return placesOf(file.project, name.symbol)
    .filter(isWanted)
    .map((place) => locationOf(place, file.project));
}

/** A place as editors name it. */
export function locationOf({ path, range }: Pick<PlacedName, "path" | "range">, project: Project): Location {
  return { uri: project.uriOf(path), range: toRange(project.document(path), range) };
}
