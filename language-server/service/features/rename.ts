import { fileKind } from "@headwater/workflow";
import {
  isNamedHere,
  itemNameProblem,
  itemsOf,
  nameProblem,
  stepAt,
  symbolKey,
  type Occurrence,
  type SymbolKey,
} from "@headwater/workflow/navigation";
import type { Range, TextEdit, WorkspaceEdit } from "vscode-languageserver-types";
import { nameAt, placesOf, type PlacedName } from "../named-place.js";
import type { Project } from "../project.js";
import { toRange, touches } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";
import { editsForMoves, type MovedPath } from "./move-files.js";
import { templateEdits, templateOf } from "./rename-template.js";

/** The name at an offset, when it may be another one. */
export function renameableAt(
  file: ProjectFile,
  offset: number,
): { range: Range; placeholder: string } | null {
  const name = nameAt(file, offset);
  if (name === undefined || !isNamedHere(name.kind)) return null;
  const placeholder = name.kind === "template" ? templateOf(name, file.project)?.id : name.name;
  if (placeholder === undefined) return null;
  return { range: toRange(file.project.document(file.path), name.range), placeholder };
}

export interface RenameOptions {
  readonly newName: string;
  /** An edit may rename files: that of a template gets its name. */
  readonly renamesFiles: boolean;
}

/** What a rename does, or why it cannot be done. */
export type Renamed =
  | { readonly ok: true; readonly edit: WorkspaceEdit }
  | { readonly ok: false; readonly message: string };

/** Edits that give what is named at an offset another name, in every file of the project that speaks of it. */
export function renameAt(file: ProjectFile, offset: number, options: RenameOptions): Renamed {
  const { project } = file;
  const name = nameAt(file, offset);
  if (name === undefined || !isNamedHere(name.kind))
    return refused("Nothing here has a name that the project gives");
  const { newName } = options;
  const problem =
    nameProblem(name.kind, newName) ??
    problemOfItem(name, newName, project) ??
    problemOfFiles(file.path, name, project);
  if (problem !== null) return refused(problem);
  return name.kind === "template"
    ? renameTemplate(name, project, options)
    : renameSymbol(name, newName, file);
}

/** Edits for what is about to be called otherwise: the files that name it go on to do so. Null when none does. */
export function moveFiles(project: Project, moves: readonly MovedPath[]): WorkspaceEdit | null {
  const edits = editsForMoves(project, moves);
  if (edits.size === 0) return null;
  return {
    changes: Object.fromEntries([...edits].map(([path, changed]) => [project.uriOf(path), [...changed]])),
  };
}

function renameTemplate(name: Occurrence, project: Project, options: RenameOptions): Renamed {
  const template = templateOf(name, project);
  if (template === null) return refused(`There is no template at "${name.name}"`);
  const { newName, renamesFiles } = options;
  const { edits, move } = templateEdits(template, newName, { project, renamesFiles });
  if (move !== null && move.to !== move.from && project.tree.contentId(move.to) !== undefined)
    return refused(`There is a file "${move.to}" already`);
  const changed = [...edits].map(([path, written]) => ({ uri: project.uriOf(path), edits: [...written] }));
  if (move === null)
    return { ok: true, edit: { changes: Object.fromEntries(changed.map((one) => [one.uri, one.edits])) } };
  const ofTexts = changed.map((one) => ({
    textDocument: { uri: one.uri, version: project.versionOf(one.uri) },
    edits: one.edits,
  }));
  const [oldUri, newUri] = [project.uriOf(move.from), project.uriOf(move.to)];
  return { ok: true, edit: { documentChanges: [...ofTexts, { kind: "rename", oldUri, newUri }] } };
}

function renameSymbol({ symbol, kind, name }: Occurrence, newName: string, file: ProjectFile): Renamed {
  const { project } = file;
  const renamed = symbol.slice(0, symbol.length - name.length) + newName;
  if (newName !== name && isTaken(renamed, project))
    return refused(`There is a ${kind} "${newName}" already`);
  const changes: Record<string, TextEdit[]> = {};
  for (const { path, range } of meantPlaces(file, symbol)) {
    const edits = (changes[project.uriOf(path)] ??= []);
    edits.push({ range: toRange(project.document(path), range), newText: newName });
  }
  return { ok: true, edit: { changes } };
}

function refused(message: string): Renamed {
  return { ok: false, message };
}

/** Of two workflows of one id each has names of its own, and other files speak of the first: so one of them can be given another id. */
function meantPlaces({ project, path }: ProjectFile, symbol: SymbolKey): readonly PlacedName[] {
  const places = placesOf(project, symbol);
  const id = /^(?:workflow|step|param|output|variable) ([a-z][a-z0-9-]*)(?:$|[.#])/.exec(symbol)?.[1];
  const defined = id === undefined ? [] : placesOf(project, symbolKey.workflow(id));
  const files = defined.filter(({ role }) => role === "definition").map((place) => place.path);
  if (files.length < 2) return places;
  const own = files.includes(path) ? path : files[0];
  return places.filter((place) => place.path === own || (own === files[0] && !files.includes(place.path)));
}

/** Why a rename would be one of only some places; null when all are seen. */
function problemOfFiles(own: string, { name }: Occurrence, project: Project): string | null {
  const isBroken = (path: string): boolean => !project.fileNames(path).isWhole;
  const paths = [own, ...project.tree.paths.filter((path) => fileKind(path) !== null)];
  const broken = paths.find((path) => project.document(path).getText().includes(name) && isBroken(path));
  if (broken === undefined) return null;
  return `"${broken}" cannot be read as a whole at the moment, and "${name}" might stand where nobody sees it: mend it first`;
}

/** Why an item of a foreach cannot be called so; null for what is none, or can. */
function problemOfItem({ symbol, kind }: Occurrence, newName: string, project: Project): string | null {
  const problem = kind === "variable" ? itemNameProblem(newName) : null;
  if (problem === null) return null;
  const isItem = placesOf(project, symbol).some(({ path, range, role }) => {
    const model = role === "definition" ? project.model(path) : null;
    const step = model?.kind === "workflow" ? stepAt(model.top, range.start) : null;
    return itemsOf(step?.fields.foreach).some(({ keyRange }) => touches(keyRange, range.start));
  });
  return isItem ? problem : null;
}

function isTaken(symbol: string, project: Project): boolean {
  return project.tree.paths.some(
    (path) =>
      fileKind(path) !== null &&
      project
        .occurrences(path)
        .some((occurrence) => occurrence.symbol === symbol && occurrence.role === "definition"),
  );
}
