import type { ValueTemplate } from "../definition/value-template.js";
import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { Json } from "../types/json.js";
import type { ValueType } from "../types/value-type.js";
import { listTemplate, literal, mapTemplate } from "./compile-value.js";

export interface Inputs {
  /** The value of each input of a template, by name. */
  readonly values: ReadonlyMap<string, ValueTemplate>;
  /** Knows where a source uses inputs. */
  readonly checker: ExpressionChecker;
}

/** A template's value with the values of its inputs in place of `inputs.<name>`; folded again where it became literal. */
export function substituteValue(value: ValueTemplate, inputs: Inputs): ValueTemplate {
  switch (value.kind) {
    case "literal":
      return value;
    case "expression":
      return (
        inputAlone(value.source, inputs) ?? {
          kind: "expression",
          source: substituteInputs(value.source, inputs),
        }
      );
    case "text":
      return joinText(value.parts, inputs);
    case "list":
      return listTemplate(value.items.map((item) => substituteValue(item, inputs)));
    case "map":
      return mapTemplate(
        Object.entries(value.entries).map(([key, item]) => [key, substituteValue(item, inputs)]),
      );
  }
}

/** A CEL source with the CEL of each input in place of `inputs.<name>`. */
export function substituteInputs(source: string, inputs: Inputs): string {
  const uses = inputs.checker.check(source).references.filter(({ path }) => path[0] === "inputs");
  let result = "";
  let done = 0;
  for (const { path, start } of uses.sort((a, b) => a.start - b.start)) {
    const written = /^inputs\s*\.\s*\w+/.exec(source.slice(start))?.[0];
    const value = inputs.values.get(path[1] ?? "");
    if (written === undefined || value === undefined || start < done) continue;
    result += source.slice(done, start) + celOf(value);
    done = start + written.length;
  }
  return result + source.slice(done);
}

function inputAlone(source: string, inputs: Inputs): ValueTemplate | undefined {
  const name = /^inputs\s*\.\s*(\w+)$/.exec(source.trim())?.[1];
  const value = name === undefined ? undefined : inputs.values.get(name);
  // Where it stands alone it is plain data, and its type means nothing.
  return value?.kind === "literal" ? literal(value.value) : value;
}

type TextPart = string | { readonly source: string };

function joinText(parts: readonly TextPart[], inputs: Inputs): ValueTemplate {
  const joined: TextPart[] = [];
  for (const part of parts.flatMap((part) => substitutePart(part, inputs))) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  const [only] = joined;
  return joined.length === 1 && typeof only === "string" ? literal(only) : { kind: "text", parts: joined };
}

function substitutePart(part: TextPart, inputs: Inputs): readonly TextPart[] {
  if (typeof part === "string") return [part];
  const value = inputAlone(part.source, inputs);
  if (value?.kind === "text") return value.parts;
  // As an author would have written it here: a step means the same whether it stands in a template or not.
  if (value?.kind === "expression") return [{ source: value.source }];
  if (value?.kind === "literal" && isPlain(value.value)) return [String(value.value)];
  return [{ source: substituteInputs(part.source, inputs) }];
}

/** Texts, whole numbers and truth values read the same in a text as CEL's `string()` would write them. */
function isPlain(value: Json): value is string | boolean | number {
  return typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);
}

/** CEL tells whole doubles from ints by their form. */
function celLiteral(value: Json, type: ValueType | undefined): string {
  if (type?.name === "double" && Number.isSafeInteger(value)) return `${JSON.stringify(value)}.0`;
  if (type === undefined || !("of" in type) || typeof value !== "object" || value === null)
    return JSON.stringify(value);
  const { of } = type;
  const items = Object.entries(value).map(([key, item]) => [key, celLiteral(item, of)] as const);
  return Array.isArray(value)
    ? `[${items.map(([, item]) => item).join(", ")}]`
    : `{${items.map(([key, item]) => `${JSON.stringify(key)}: ${item}`).join(", ")}}`;
}

/** A template as one CEL expression, in parentheses where it is more than a literal. */
function celOf(value: ValueTemplate): string {
  switch (value.kind) {
    case "literal":
      return celLiteral(value.value, value.type);
    case "expression":
      return `(${value.source})`;
    case "text": {
      const terms = value.parts.map((part) =>
        typeof part === "string" ? JSON.stringify(part) : `string(${part.source})`,
      );
      return `(${terms.join(" + ")})`;
    }
    case "list":
      return `[${value.items.map(celOf).join(", ")}]`;
    case "map":
      return `{${Object.entries(value.entries)
        .map(([key, item]) => `${JSON.stringify(key)}: ${celOf(item)}`)
        .join(", ")}}`;
  }
}
