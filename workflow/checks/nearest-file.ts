import type { Fix, TextRange } from "../diagnostics/diagnostic.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import { filesIn } from "../project/folder-index.js";
import { resolvePath } from "../project/repository-path.js";
import type { SourceTree } from "../project/source-tree.js";

/** The file that somebody most likely meant by a path where there is none, as a sentence and as a mend. */
export interface NearestFile {
  /** ` Did you mean "jobs/load.py"?`, or nothing. */
  readonly text: string;
  readonly mend: { readonly data?: Readonly<Record<string, string>>; readonly fix?: Fix };
}

/** Of the files in the folder of `path` the one whose name is nearest; `written` is the path as it stands at `range`. */
export function nearestFile(
  written: string,
  path: string,
  { tree, range }: { readonly tree: SourceTree; readonly range: TextRange },
): NearestFile {
  const slash = path.lastIndexOf("/");
  const nearest = nearestName(path.slice(slash + 1), filesIn(path.slice(0, Math.max(0, slash)), tree));
  if (nearest === undefined) return { text: "", mend: {} };
  const meant = written.slice(0, written.lastIndexOf("/") + 1) + nearest;
  return { text: `. Did you mean "${meant}"?`, mend: writeInstead(meant, range) };
}

/** Of the same ending the nearest name before it, else the same name with another ending. */
function nearestName(name: string, files: readonly string[]): string | undefined {
  const [stem, ending] = partsOf(name);
  const alike = files.filter((file) => partsOf(file)[1] === ending);
  const { nearest } = suggestion(
    stem,
    alike.map((file) => partsOf(file)[0]),
  ).data;
  if (nearest !== undefined) return nearest + ending;
  const other = files.find((file) => partsOf(file)[0] === stem);
  // The ending of a file of the language may be what is misspelt.
  return other ?? (ending === ".yaml" ? suggestion(name, files).data["nearest"] : undefined);
}

/** The files of the language have an ending of two words. */
function partsOf(name: string): readonly [stem: string, ending: string] {
  const own = name.search(/\.(?:workflow|template|workflow\.test)\.ya?ml$/);
  const dot = own > 0 ? own : Math.max(0, name.lastIndexOf("."));
  return [name.slice(0, dot), name.slice(dot)];
}

/** The same of a path that a key names: first the file that is there when the other base is taken, with or without `./`. */
export function otherFile(
  { value, range }: { readonly value: string; readonly range: TextRange },
  path: string | null,
  { path: from, tree }: { readonly path: string; readonly tree: SourceTree },
): NearestFile {
  if (path === null) return fromRoot(value, { tree, range });
  const other = value.startsWith("./") ? value.slice(2) : `./${value}`;
  const resolved = resolvePath(other, from);
  const isThere = resolved !== null && tree.contentId(resolved) !== undefined;
  if (!isThere) return nearestFile(value, path, { tree, range });
  return { text: `. Did you mean "${other}"?`, mend: writeInstead(other, range) };
}

/** Of a path that leads out of the repository: the same from its root, where that is a file. */
function fromRoot(
  written: string,
  { tree, range }: { readonly tree: SourceTree; readonly range: TextRange },
): NearestFile {
  const plain = written.replace(/^(?:\.{0,2}\/)+/, "");
  if (tree.contentId(plain) === undefined) return { text: "", mend: {} };
  return { text: `. Did you mean "${plain}"?`, mend: writeInstead(plain, range) };
}
