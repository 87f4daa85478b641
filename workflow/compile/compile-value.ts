import type { EnvTemplate, ValueTemplate } from "../definition/value-template.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import type { Field } from "../schema/record.js";
import { splitTemplate } from "../expressions/split-template.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { Json } from "../types/json.js";

/** A YAML value as a template: whatever holds no expression becomes one literal. */
export function compileValue(node: SyntaxNode): ValueTemplate {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "string" ? compileText(node.value) : literal(jsonOf(node));
    case "list":
      return listTemplate(node.items.map(compileValue));
    case "map":
      return mapTemplate(node.entries.map(({ key, value }) => [key, compileValue(value)]));
  }
}

/** A text that may hold expressions; one whole expression keeps its type. */
export function compileText(text: string): ValueTemplate {
  const { parts } = splitTemplate(text);
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "expression") return { kind: "expression", source: only.source };
  if (!parts.some((part) => part.kind === "expression")) return literal(text);
  return {
    kind: "text",
    parts: parts.map((part) => (part.kind === "text" ? part.text : { source: part.source })),
  };
}

/** The same where a value may be one secret. */
export function compileEnv(node: SyntaxNode): EnvTemplate {
  const value = compileValue(node);
  const name = value.kind === "expression" ? secretName(value.source) : null;
  return name === null ? value : { kind: "secret", name };
}

/** The name in `secrets.NAME`; null when the expression is anything else. */
export function secretName(source: string): string | null {
  return /^secrets\s*\.\s*([A-Za-z_][A-Za-z0-9_]*)$/.exec(source.trim())?.[1] ?? null;
}

/** The source of an expression of which the braces may be left out. */
export function bareExpression(written: string): string {
  const { parts } = splitTemplate(written);
  const [only] = parts.filter((part) => part.kind === "expression" || part.text.trim() !== "");
  return only?.kind === "expression" && parts.length <= 3 ? only.source : written.trim();
}

/** A map of values that may hold expressions. */
export function compileParams(
  params: Field<readonly MapItem<SyntaxNode>[]> | undefined,
): Record<string, ValueTemplate> {
  return Object.fromEntries(itemsOf(params).map(({ key, value }) => [key, compileValue(value.node)]));
}

/** A value without expressions. */
export function literal(value: Json): ValueTemplate {
  return { kind: "literal", value };
}

/** A list, folded into a literal when all of it is. */
export function listTemplate(items: readonly ValueTemplate[]): ValueTemplate {
  const values = items.map((item) => (item.kind === "literal" ? item.value : undefined));
  return values.every((value) => value !== undefined) ? literal(values) : { kind: "list", items };
}

/** A map, folded into a literal when all of it is. */
export function mapTemplate(entries: readonly (readonly [string, ValueTemplate])[]): ValueTemplate {
  const values = entries.map(
    ([key, item]) => [key, item.kind === "literal" ? item.value : undefined] as const,
  );
  const literals = values.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined);
  return literals.length === entries.length
    ? literal(Object.fromEntries(literals))
    : { kind: "map", entries: Object.fromEntries(entries) };
}

/** The plain data of a YAML value, expressions taken as text. Numbers that JSON has not (`.inf`) stay text. */
export function jsonOf(node: SyntaxNode): Json {
  if (node.kind === "list") return node.items.map(jsonOf);
  if (node.kind === "map")
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, jsonOf(value)]));
  return typeof node.value === "number" && !Number.isFinite(node.value) ? node.text : node.value;
}
