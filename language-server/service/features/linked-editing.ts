import type { Range } from "vscode-languageserver-types";
import { isNamedHere } from "@headwater/workflow/navigation";
import { nameAt } from "../named-place.js";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** Ranges of one text, with the form of what may be typed into them. */
export interface LinkedRanges {
  readonly ranges: Range[];
  readonly wordPattern: string;
}

/** The places of this file that change together while the name of a step, a param, a variable or an output is typed. */
export function linkedRangesAt(file: ProjectFile, offset: number): LinkedRanges | null {
  const { project, path } = file;
  const name = nameAt(file, offset);
  if (name === undefined || !isNamedHere(name.kind)) return null;
  const document = project.document(path);
  const ranges = project
    .occurrences(path)
    .filter((other) => other.symbol === name.symbol && other.name === name.name)
    .map(({ range }) => toRange(document, range));
  return ranges.length > 1 ? { ranges, wordPattern: "[A-Za-z0-9_.-]+" } : null;
}
