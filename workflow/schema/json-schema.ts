import type { FileKind } from "../project/file-kind.js";
import type { Json, JsonObject } from "../types/json.js";
import type { KeyShape, RecordRules, Shape } from "./schema.js";
import { settingsSchema } from "./settings-schema.js";
import { templateSchema } from "./template-schema.js";
import { testFileSchema } from "./test-schema.js";
import { workflowSchema } from "./workflow-schema.js";

const ROOTS: Readonly<Record<FileKind, { readonly title: string; readonly shape: Shape }>> = {
  settings: { title: "Headwater project (headwater.yaml)", shape: settingsSchema.shape },
  workflow: { title: "Headwater workflow (*.workflow.yaml)", shape: workflowSchema.shape },
  template: { title: "Headwater template (*.template.yaml)", shape: templateSchema.shape },
  test: { title: "Headwater workflow tests (*.workflow.test.yaml)", shape: testFileSchema.shape },
};

/**
 * The JSON Schema of a kind of file, draft 2020-12, made from what the compiler reads files by. It accepts whatever the
 * compiler accepts; what a schema cannot say, such as that a needed step exists, only the compiler finds.
 */
export function jsonSchemaOf(kind: FileKind): JsonObject {
  const { title, shape } = ROOTS[kind];
  const parts = new Map<string, Json>();
  const root = schemaOf(shape, parts);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...root,
    ...(parts.size === 0 ? {} : { $defs: Object.fromEntries(parts) }),
  };
}

/** What YAML reads as one of these is taken as text, as it is written. */
const TEXT: readonly { readonly type: string; readonly written: string }[] = [
  { type: "string", written: "" },
  { type: "number", written: "1" },
  { type: "boolean", written: "true" },
];

/** @param parts by name, those of the language that contain themselves */
// oxlint-disable-next-line complexity -- one case for each kind of shape
function schemaOf(shape: Shape, parts: Map<string, Json>): JsonObject {
  switch (shape.kind) {
    case "text":
      return textSchema(shape);
    case "choice":
      return { enum: shape.choices };
    case "number":
      return numberSchema(shape);
    case "boolean":
      return { type: "boolean" };
    case "expression":
      return { type: ["string", "boolean"], minLength: 1, examples: ["${{ params.mode == 'full' }}"] };
    case "any":
      return shape.isNoMap === true ? { not: { type: "object" } } : {};
    case "list":
      return listSchema(shape, parts);
    case "map":
      return mapSchema(shape, parts);
    case "record":
      return recordSchema(shape, parts);
    case "either":
      return { anyOf: shape.of.map((one) => schemaOf(one, parts)) };
    case "lazy":
      return referenceTo(shape, parts);
  }
}

/** A part is made once; while it is being made it may already be referred to. */
function referenceTo(shape: Shape & { readonly kind: "lazy" }, parts: Map<string, Json>): JsonObject {
  if (!parts.has(shape.name)) {
    parts.set(shape.name, {});
    parts.set(shape.name, schemaOf(shape.shape(), parts));
  }
  return { $ref: `#/$defs/${shape.name}` };
}

/** Where no expression is evaluated. */
const WITHOUT_EXPRESSION = String.raw`^(?![\s\S]*\$\{\{)`;

function textSchema({
  pattern: own,
  expressions,
  isOpaque = false,
  examples,
  isTextOnly = false,
}: Shape & { readonly kind: "text" }): JsonObject {
  const pattern = own ?? (expressions || isOpaque ? null : WITHOUT_EXPRESSION);
  const given = examples.length === 0 ? {} : { examples };
  if (isTextOnly) return { type: "string", ...(pattern === null ? {} : { pattern }), ...given };
  if (pattern === null) return { type: TEXT.map(({ type }) => type), ...given };
  // JSON Schema holds only texts against a pattern, so of the others those are left out that cannot match it.
  const types = TEXT.filter(({ type, written }) => type === "string" || new RegExp(pattern).test(written));
  return { type: types.map(({ type }) => type), pattern, ...given };
}

function numberSchema({ integer, min, max }: Shape & { readonly kind: "number" }): JsonObject {
  return {
    type: integer ? "integer" : "number",
    ...(min === null ? {} : { minimum: min }),
    ...(max === null ? {} : { maximum: max }),
  };
}

function listSchema(
  { of, orOne, isNeverEmpty = false }: Shape & { readonly kind: "list" },
  parts: Map<string, Json>,
): JsonObject {
  const items = schemaOf(of, parts);
  const list = { type: "array", items, ...(isNeverEmpty ? { minItems: 1 } : {}) };
  return orOne ? { anyOf: [list, items] } : list;
}

function mapSchema(
  { of, keys, isNeverEmpty = false }: Shape & { readonly kind: "map" },
  parts: Map<string, Json>,
): JsonObject {
  return {
    type: "object",
    additionalProperties: schemaOf(of, parts),
    propertyNames: { pattern: keys ?? WITHOUT_EXPRESSION },
    ...(isNeverEmpty ? { minProperties: 1 } : {}),
  };
}

function recordSchema(
  { keys, rules }: Shape & { readonly kind: "record" },
  parts: Map<string, Json>,
): JsonObject {
  const entries = Object.entries(keys);
  const required = entries.filter(([, key]) => key.required).map(([name]) => name);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, key]) => [name, propertySchema(key, parts)])),
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    ...(rules === null ? {} : ruleSchema(rules)),
  };
}

function propertySchema({ shape, doc, default: fallback }: KeyShape, parts: Map<string, Json>): JsonObject {
  return {
    description: doc,
    ...schemaOf(shape, parts),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

function ruleSchema({ oneOf, goesWith, asksFor, onlyWith = {} }: RecordRules): JsonObject {
  const owned = [
    ...Object.entries(goesWith).map(([key, owners]): [string, Json] => [
      key,
      { anyOf: owners.map((owner) => ({ required: [owner] })) },
    ]),
    ...Object.entries(onlyWith).map(([key, { key: other, value }]): [string, Json] => [
      key,
      { properties: { [other]: { const: value } } },
    ]),
  ];
  return {
    ...(oneOf.length === 0 ? {} : { oneOf: oneOf.map((name) => ({ required: [name] })) }),
    ...(owned.length === 0 ? {} : { dependentSchemas: Object.fromEntries(owned) }),
    ...(Object.keys(asksFor).length === 0 ? {} : { dependentRequired: asksFor }),
  };
}
