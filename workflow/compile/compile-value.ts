import type { EnvTemplate, ValueTemplate } from "../definition/value-template.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import type { Field } from "../schema/record.js";
import { splitTemplate } from "../expressions/split-template.js";
import type { ScalarNode, SyntaxNode } from "../syntax/syntax-node.js";
import { inferType, isSameType, widened } from "../types/infer-type.js";
import type { Json } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";

/** A YAML value as a template: whatever holds no expression becomes one literal. */
export function compileValue(node: SyntaxNode): ValueTemplate {
  switch (node.kind) {
    case "scalar":
      if (typeof node.value === "string") return compileText(node.value);
      return isWholeDouble(node) ? literal(jsonOf(node), DOUBLE) : literal(jsonOf(node));
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

const DOUBLE: ValueType = { name: "double" };

/** `1.0` and `1e3` are doubles, as in CEL, though plain data does not tell them from ints. */
function isWholeDouble({ value, text }: ScalarNode): boolean {
  return Number.isSafeInteger(value) && /[.eE]/.test(text) && !text.startsWith("0x");
}

/** A value without expressions; its type only where the value does not show it. */
export function literal(value: Json, type?: ValueType): ValueTemplate {
  return type === undefined ? { kind: "literal", value } : { kind: "literal", value, type };
}

type Literal = ValueTemplate & { readonly kind: "literal" };

/** The type of a value without expressions. */
export function typeOfLiteral({ value, type }: Literal): ValueType {
  return type ?? inferType(value);
}

/** What a list or a map of literals is, where it holds doubles that do not show it. */
function foldedType(name: "list" | "map", items: readonly Literal[]): ValueType | undefined {
  const types = items.map(typeOfLiteral);
  const [first, ...others] = types;
  if (first === undefined) return undefined;
  if (name === "list") {
    const of = others.reduce(widened, first);
    // An int among doubles is one of them.
    const isShown =
      items.every(({ type }) => type === undefined) && types.every((type) => isSameType(type, of));
    return isShown ? undefined : { name, of };
  }
  const isOfOneType = others.every((other) => isSameType(other, first));
  return isOfOneType && items.some(({ type }) => type !== undefined) ? { name, of: first } : undefined;
}

/** A list, folded into a literal when all of it is. */
export function listTemplate(items: readonly ValueTemplate[]): ValueTemplate {
  const literals = items.filter((item) => item.kind === "literal");
  if (literals.length < items.length) return { kind: "list", items };
  return literal(
    literals.map(({ value }) => value),
    foldedType("list", literals),
  );
}

/** A map, folded into a literal when all of it is. */
export function mapTemplate(entries: readonly (readonly [string, ValueTemplate])[]): ValueTemplate {
  const literals = entries.flatMap(([key, item]) => (item.kind === "literal" ? [[key, item] as const] : []));
  if (literals.length < entries.length) return { kind: "map", entries: Object.fromEntries(entries) };
  return literal(
    Object.fromEntries(literals.map(([key, { value }]) => [key, value])),
    foldedType(
      "map",
      literals.map(([, item]) => item),
    ),
  );
}

/** The plain data of a YAML value, expressions taken as text. Numbers that JSON has not (`.inf`) stay text. */
export function jsonOf(node: SyntaxNode): Json {
  if (node.kind === "list") return node.items.map(jsonOf);
  if (node.kind === "map")
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, jsonOf(value)]));
  return typeof node.value === "number" && !Number.isFinite(node.value) ? node.text : node.value;
}
