import { fileKind } from "@headwater/workflow";
import type { NamedFile } from "@headwater/workflow/navigation";
import type { TextEdit } from "vscode-languageserver-types";
import type { Project } from "../project.js";
import { toRange } from "../text-place.js";

/** A file, or a folder with all that is in it, that gets another path in the project. */
export interface MovedPath {
  readonly from: string;
  readonly to: string;
}

/** Edits by which all files go on to name what is moved, each in the file as it is called before. */
export function editsForMoves(
  project: Project,
  moves: readonly MovedPath[],
): ReadonlyMap<string, readonly TextEdit[]> {
  const pathAfter = (path: string): string => {
    const move = moves.find(({ from }) => path === from || path.startsWith(`${from}/`));
    return move === undefined ? path : move.to + path.slice(move.from.length);
  };
  const edits = new Map<string, readonly TextEdit[]>();
  const known = new Set(project.tree.paths);
  for (const path of project.tree.paths) {
    if (fileKind(path) === null) continue;
    const changed = project
      .fileNames(path)
      .files.filter(({ target }) => known.has(target))
      .flatMap((file) => editOf(file, { project, path, pathAfter }));
    if (changed.length > 0) edits.set(path, changed);
  }
  return edits;
}

interface Moving {
  readonly project: Project;
  /** Of the file that names the other one. */
  readonly path: string;
  readonly pathAfter: (path: string) => string;
}

function editOf(
  { written, target, folder, range }: NamedFile,
  { project, path, pathAfter }: Moving,
): readonly TextEdit[] {
  const [targetAfter, ownAfter] = [pathAfter(target), pathAfter(path)];
  if (target === targetAfter && (path === ownAfter || folder !== null || !isRelative(written))) return [];
  const base = folder ?? (isRelative(written) ? folderOf(ownAfter) : "");
  const newText = named(targetAfter, base, isRelative(written));
  if (newText === written || !PLAIN.test(newText)) return [];
  return [{ range: toRange(project.document(path), range), newText }];
}

/** Neither YAML nor a shell reads anything else in such a path. Others an author has to put into quotes. */
const PLAIN = /^[\w./@+-]+$/;

/** A path as it is written from a folder. */
function named(target: string, base: string, hasDot: boolean): string {
  const [to, from] = [target.split("/"), base.split("/").filter((part) => part !== "" && part !== ".")];
  let same = 0;
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same += 1;
  const ups = from.slice(same).map(() => "..");
  return [...(hasDot && ups.length === 0 ? ["."] : ups), ...to.slice(same)].join("/");
}

function isRelative(written: string): boolean {
  return written.startsWith("./") || written.startsWith("../");
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
