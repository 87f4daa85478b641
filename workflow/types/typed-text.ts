import { checkValue, showValue } from "./check-value.js";
import { parseExactly } from "./inexact-numbers.js";
import type { Json } from "./json.js";
import type { ValueType } from "./value-type.js";
import { formatValueType } from "./value-type.js";

export type TypedText =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads one line of text as a value of a type: `name=value` outputs of scripts and `--param name=value` of the
 * command line. Strings are taken as they are; a list of scalars may be JSON or `a, b, c`; the rest is JSON.
 */
export function parseTypedText(text: string, type: ValueType): TypedText {
  const value = readText(text, type);
  if (value === undefined)
    return { ok: false, problem: `must be ${formatValueType(type)}, is ${showValue(text)}` };
  const problem = checkValue(value, type);
  return problem === null ? { ok: true, value } : { ok: false, problem };
}

const NUMBERS = { int: /^[+-]?\d+$/, double: /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/ } as const;

/** Undefined when the text is no such value at all; whoever gets a value must still check it. */
function readText(text: string, type: ValueType): Json | undefined {
  const trimmed = text.trim();
  switch (type.name) {
    case "string":
      return text;
    case "int":
    case "double":
      return NUMBERS[type.name].test(trimmed) ? Number(trimmed) : undefined;
    case "bool":
      return readBool(trimmed);
    case "list":
      return trimmed.startsWith("[") ? readJson(trimmed) : readItems(trimmed, type.of);
    case "map":
    case "json":
      return readJson(trimmed);
    default:
      return trimmed;
  }
}

function readBool(text: string): boolean | undefined {
  if (text === "true") return true;
  return text === "false" ? false : undefined;
}

function readItems(text: string, type: ValueType): Json | undefined {
  if ("of" in type || type.name === "json") return undefined;
  if (text === "") return [];
  const items: Json[] = [];
  for (const part of text.split(",")) {
    const item = readText(part.trim(), type);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function readJson(text: string): Json | undefined {
  try {
    return parseExactly(text);
  } catch {
    // Not JSON: the caller says so.
    return undefined;
  }
}
