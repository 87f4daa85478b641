import type { FileKind } from "../project/file-kind.js";
import type { KeyShape, Shape } from "../schema/schema.js";
import { settingsSchema } from "../schema/settings-schema.js";
import { templateSchema } from "../schema/template-schema.js";
import { testFileSchema } from "../schema/test-schema.js";
import { possibleKeys } from "../schema/unknown-key.js";
import { workflowSchema } from "../schema/workflow-schema.js";
import type { YamlPath } from "./cursor-place.js";

/** What a whole file of a kind may hold. */
export function shapeOfFile(kind: FileKind): Shape {
  return SCHEMAS[kind].shape;
}

const SCHEMAS = {
  workflow: workflowSchema,
  template: templateSchema,
  test: testFileSchema,
  settings: settingsSchema,
} as const;

/** What may stand at a path: several where the language takes several. Empty where it knows nothing. */
export function shapesAt(root: Shape, path: YamlPath): readonly Shape[] {
  return path.reduce<readonly Shape[]>(
    (shapes, step) => shapes.flatMap((shape) => within(shape, step)),
    alternatives(root),
  );
}

/** The key of the language to which a path leads; null when its last part is a name that authors choose, or unknown. */
export function keyShapeAt(root: Shape, path: YamlPath): KeyShape | null {
  const last = path.at(-1);
  if (typeof last !== "string") return null;
  for (const shape of shapesAt(root, path.slice(0, -1))) {
    if (shape.kind === "record" && Object.hasOwn(shape.keys, last)) return shape.keys[last] ?? null;
  }
  return null;
}

/** A key that may be written beside others. */
export interface OfferedKey {
  readonly name: string;
  readonly shape: KeyShape;
  /** It must be there, or is one of those of which one must be, and none is yet. */
  readonly isWanted: boolean;
}

/** The keys that a map at a path may have beside those that it has; first those that it lacks. */
export function offeredKeys(shapes: readonly Shape[], siblings: readonly string[]): readonly OfferedKey[] {
  const offered = shapes.flatMap((shape) => (shape.kind === "record" ? keysOf(shape, siblings) : []));
  return offered.toSorted((a, b) => Number(b.isWanted) - Number(a.isWanted));
}

function keysOf(
  { keys, rules }: Extract<Shape, { kind: "record" }>,
  siblings: readonly string[],
): readonly OfferedKey[] {
  return possibleKeys(new Set(siblings), { keys, rules }).flatMap((name) => {
    const shape = keys[name];
    const isKind = rules?.oneOf.includes(name) ?? false;
    const isAsked = siblings.some((sibling) => rules?.asksFor[sibling]?.includes(name));
    return shape === undefined ? [] : [{ name, shape, isWanted: shape.required || isKind || isAsked }];
  });
}

function within(shape: Shape, step: string | number): readonly Shape[] {
  switch (shape.kind) {
    case "record": {
      const key = Object.hasOwn(shape.keys, step) ? shape.keys[step] : undefined;
      return key === undefined ? [] : alternatives(key.shape);
    }
    case "map":
      return typeof step === "string" ? alternatives(shape.of) : [];
    case "list":
      return withinList(shape, step);
    case "any":
      return [shape];
    default:
      return [];
  }
}

/** One item may stand for a list of one. */
function withinList(
  { of, orOne }: Extract<Shape, { kind: "list" }>,
  step: string | number,
): readonly Shape[] {
  if (typeof step === "number") return alternatives(of);
  return orOne ? alternatives(of).flatMap((item) => within(item, step)) : [];
}

/** What a value may be, looked up and one by one; a list that takes one item alone may be that item. */
function alternatives(shape: Shape): readonly Shape[] {
  switch (shape.kind) {
    case "lazy":
      return alternatives(shape.shape());
    case "either":
      return shape.of.flatMap(alternatives);
    default:
      return [shape];
  }
}
