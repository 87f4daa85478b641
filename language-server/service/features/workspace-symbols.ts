import type { SymbolKind } from "@headwater/workflow/navigation";
import type { WorkspaceSymbol } from "vscode-languageserver-types";
import type { PlacedName } from "../named-place.js";
import type { Project } from "../project.js";
import { KINDS_OF_NAMES } from "./document-symbols.js";
import { locationOf } from "./references.js";

/** As many as a person looks through; more only make the editor slow. */
const FOUND_MAX = 500;

const SOUGHT: ReadonlySet<SymbolKind> = new Set(["workflow", "step", "template", "signal"]);

/** The workflows, templates, steps and signals of projects whose name holds the letters of the query, in their order. */
export function workspaceSymbols(projects: readonly Project[], query: string): WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const project of projects) {
    for (const name of definitionsOf(project)) {
      if (found.length === FOUND_MAX) return found;
      if (holdsLetters(name.name, query)) found.push(symbolOf(name, project));
    }
  }
  return found;
}

/** @yields each name that is sought */
function* definitionsOf(project: Project): Iterable<PlacedName> {
  for (const path of project.tree.paths) {
    for (const occurrence of project.occurrences(path)) {
      if (occurrence.role === "definition" && SOUGHT.has(occurrence.kind)) yield { ...occurrence, path };
    }
  }
}

function symbolOf({ name, kind, path, range }: PlacedName, project: Project): WorkspaceSymbol {
  return {
    name,
    kind: KINDS_OF_NAMES[kind],
    location: locationOf({ path, range }, project),
    containerName: path,
  };
}

function holdsLetters(name: string, query: string): boolean {
  const letters = name.toLowerCase();
  let at = 0;
  for (const letter of query.toLowerCase()) {
    const found = letters.indexOf(letter, at);
    if (found < 0) return false;
    at = found + letter.length;
  }
  return true;
}
