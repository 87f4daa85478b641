import {
  compileProject,
  settingsSchema,
  templateSchema,
  testFileSchema,
  workflowSchema,
  CODES,
  type Json,
} from "@headwater/workflow";
import type { Schema, Shape } from "#workflow/schema/schema.js";
import { parseYamlFile } from "#workflow/syntax/parse-yaml.js";
import type { SyntaxNode } from "#workflow/syntax/syntax-node.js";
import { treeOfTexts } from "./findings-fixture.js";

type Path = readonly (string | number)[];

/** A place of a file at which a value may stand. */
export interface SchemaPlace {
  readonly file: string;
  /** As JSON Schema names it: `/steps/x/run`. */
  readonly pointer: string;
  /** A file in which that value stands there, and nothing else that is not needed to get there. */
  readonly textWith: (value: Json) => string;
}

const ROOTS: Readonly<Record<string, Schema<unknown>>> = {
  "headwater.yaml": settingsSchema,
  "a.workflow.yaml": workflowSchema,
  "a.template.yaml": templateSchema,
  "a.workflow.test.yaml": testFileSchema,
};

/** Every place of every kind of file; of those that share one shape the first. */
export function schemaPlaces(): readonly SchemaPlace[] {
  const shapes = new Map<Shape, SchemaPlace>();
  for (const [file, { shape }] of Object.entries(ROOTS)) {
    for (const { path, shape: taken } of placesIn(shape, [], [])) {
      const place = {
        file,
        pointer: pointerTo(path),
        textWith: (value: Json) => JSON.stringify(wrapped(path, value)),
      };
      if (!shapes.has(taken)) shapes.set(taken, place);
    }
  }
  return [...shapes.values()];
}

interface ShapePlace {
  readonly path: Path;
  readonly shape: Shape;
}

function placesIn(shape: Shape, path: Path, parts: readonly string[]): readonly ShapePlace[] {
  switch (shape.kind) {
    case "record":
      return Object.entries(shape.keys).flatMap(([key, { shape: inner }]) =>
        below(inner, [...path, key], parts),
      );
    case "map":
      return below(shape.of, [...path, "x"], parts);
    case "list":
      return below(shape.of, [...path, 0], parts);
    case "either":
      return shape.of.flatMap((one) => placesIn(one, path, parts));
    case "lazy":
      return parts.includes(shape.name) ? [] : placesIn(shape.shape(), path, [...parts, shape.name]);
    default:
      return [];
  }
}

function below(shape: Shape, path: Path, parts: readonly string[]): readonly ShapePlace[] {
  return [{ path, shape }, ...placesIn(shape, path, parts)];
}

function pointerTo(path: Path): string {
  return path.map((step) => `/${step}`).join("");
}

function wrapped(path: Path, value: Json): Json {
  return path.reduceRight<Json>(
    (inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }),
    value,
  );
}

/** Whether reading a file by the schemas alone finds an error at a place, or within. */
export function isMisread({ file, pointer }: SchemaPlace, text: string): boolean {
  const { root } = parseYamlFile(Buffer.from(text), () => undefined);
  const places: string[] = [];
  if (root !== null)
    ROOTS[file]?.read(root, ({ code, range }) => {
      if (CODES[code].severity === "error" && code !== "missing-key") places.push(pathTo(root, range.start));
    });
  return places.some((place) => isAt(place, pointer));
}

/** Whether compiling a project of this one file finds an error there. */
export function isRefused({ file, pointer }: SchemaPlace, text: string): boolean {
  const { root } = parseYamlFile(Buffer.from(text), () => undefined);
  const { diagnostics } = compileProject(treeOfTexts({ [file]: text }));
  return diagnostics.some(
    ({ severity, range }) =>
      severity === "error" && root !== null && isAt(pathTo(root, range.start), pointer),
  );
}

/** Whether a place is at another one, or within it. */
export function isAt(place: string, pointer: string): boolean {
  return place === pointer || place.startsWith(`${pointer}/`);
}

/** The JSON pointer to the innermost value, or key, at an offset. */
export function pathTo(node: SyntaxNode, offset: number): string {
  if (node.kind === "scalar") return "";
  const inner: readonly (readonly [string | number, SyntaxNode, number])[] =
    node.kind === "list"
      ? node.items.map((item, index) => [index, item, item.range.start] as const)
      : node.entries.map(({ key, keyRange, value }) => [key, value, keyRange.start] as const);
  const [name, value] = inner.find(([, { range }, start]) => start <= offset && offset <= range.end) ?? [];
  return value === undefined ? "" : `/${name}${pathTo(value, offset)}`;
}
