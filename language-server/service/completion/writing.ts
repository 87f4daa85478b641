import { fileKind, type FileKind, type Shape } from "@headwater/workflow";
import {
  cursorPlaceAt,
  shapeOfFile,
  shapesAt,
  type CursorPlace,
  type FileModel,
} from "@headwater/workflow/navigation";
import type { ProjectFile } from "../workspace.js";

/** What is known of the place at which an author writes. */
export interface Writing extends ProjectFile {
  readonly kind: FileKind;
  readonly text: string;
  readonly offset: number;
  readonly place: CursorPlace;
  /** What may stand at the path of the place: the map whose key is written, or the value that is. */
  readonly shapes: readonly Shape[];
  /** See `placeName`. */
  readonly site: string;
  /** What was understood of the file when nobody wrote. */
  readonly model: FileModel | null;
}

/** The place at an offset; null in a file that is none of the language. */
export function writingAt({ project, path }: ProjectFile, offset: number): Writing | null {
  const kind = fileKind(path);
  if (kind === null) return null;
  const text = project.document(path).getText();
  const place = cursorPlaceAt(text, offset);
  const shapes = shapesAt(shapeOfFile(kind), place.path);
  const site = placeName(kind, place.path);
  return { project, path, kind, text, offset, place, shapes, site, model: project.settledModel(path) };
}

/**
 * The place in the language to which a path leads, whatever authors call what is on the way: `step.needs` for
 * `steps/load/steps/copy/needs/0`, `params.*.type` for `params/day/type`.
 */
export function placeName(kind: FileKind, path: readonly (string | number)[]): string {
  const names = path.filter((part) => typeof part === "string");
  const { isStep, rest } = withoutSteps(kind, names);
  const named = rest.map((part, at) => (NAMING.some((names) => names(rest, at, isStep)) ? "*" : part));
  return (isStep ? ["step", ...named] : named).join(".");
}

function withoutSteps(
  kind: FileKind,
  names: readonly string[],
): { readonly isStep: boolean; readonly rest: readonly string[] } {
  if (kind === "template") {
    if (names[0] === "inputs") return { isStep: false, rest: ["params", ...names.slice(1)] };
    return { isStep: !TEMPLATE_KEYS.has(names[0] ?? ""), rest: names };
  }
  let rest = kind === "workflow" ? names : [];
  while (rest[0] === "steps" && rest.length > 1) rest = rest.slice(2);
  return kind === "workflow" ? { isStep: rest.length < names.length, rest } : { isStep: false, rest: names };
}

const TEMPLATE_KEYS: ReadonlySet<string> = new Set(["template", "description", "inputs"]);

/** Whether a part of a path is a name that authors choose. */
type IsNaming = (path: readonly string[], at: number, isStep: boolean) => boolean;

const NAMING: readonly IsNaming[] = [
  (path, at, isStep) =>
    !isStep && at === 1 && ["params", "outputs", "tests", "environments"].includes(path[0] ?? ""),
  (path, at) => at === 2 && path[0] === "triggers" && path[1] === "all",
  (path, at) => at === 3 && path[0] === "tests" && ["given", "signals"].includes(path[2] ?? ""),
  (path, at) => at === 4 && path[0] === "tests" && path[2] === "expect" && path[3] === "steps",
  (path, at) => path[at - 1] === "match" && at === path.length - 1 && at > 0,
  (path, at, isStep) =>
    isStep && at === 1 && ["outputs", "with", "foreach", "vars", "next"].includes(path[0] ?? ""),
];
