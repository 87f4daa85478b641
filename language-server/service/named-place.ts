import { fileKind } from "@headwater/workflow";
import type { Occurrence, SymbolKey } from "@headwater/workflow/navigation";
import type { Project } from "./project.js";
import { touches } from "./text-place.js";
import type { ProjectFile } from "./workspace.js";

/** The name at an offset; undefined when none stands there. */
export function nameAt({ project, path }: ProjectFile, offset: number): Occurrence | undefined {
  return project.occurrences(path).find(({ range }) => touches(range, offset));
}

/** A name in one of the files of a project. */
export interface PlacedName extends Occurrence {
  readonly path: string;
}

/** All places of a project that name a symbol, by path, then in the order of the file. */
export function placesOf(project: Project, symbol: SymbolKey): readonly PlacedName[] {
  return project.tree.paths
    .filter((path) => fileKind(path) !== null)
    .flatMap((path) =>
      project
        .occurrences(path)
        .filter((occurrence) => occurrence.symbol === symbol)
        .map((occurrence) => ({ ...occurrence, path })),
    );
}
