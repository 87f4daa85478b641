import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { findInexactNumber, inexactNumberProblem, type Json, type JsonObject } from "@headwater/workflow";
import { paramValue, parseParams } from "./params.js";
import { UsageError } from "./usage-error.js";

/** Values of one param: a list, or a range with both ends. */
export type Choices = Json[] | { readonly from: string | number; readonly to: string | number };

const RANGE = /^(\d{4}-\d{2}-\d{2}|-?\d+)\.\.(\d{4}-\d{2}-\d{2}|-?\d+)$/;

/**
 * Reads `name=a,b,c`, `name=2026-01-01..2026-03-31` and `name=1..10`; a value that is a JSON list is that list. Each part is JSON, or text.
 * @throws UsageError
 */
export function parseChoices(pairs: readonly string[]): Record<string, Choices> {
  return Object.fromEntries(
    Object.entries(parseParams(pairs)).map(([name, value]) => [name, choicesOf(name, value)]),
  );
}

function choicesOf(name: string, value: Json): Choices {
  if (isList(value)) return [...value];
  if (typeof value !== "string") return [value];
  const [, from, to] = RANGE.exec(value) ?? [];
  if (from !== undefined && to !== undefined) return { from: endOf(name, from), to: endOf(name, to) };
  return value.split(",").map((part) => paramValue(name, part));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function endOf(name: string, text: string): string | number {
  if (text.slice(1).includes("-")) return text;
  paramValue(name, text);
  return Number(text);
}

/** Reads a file that is a JSON list of params, or has one object of params on each line. @throws UsageError */
export async function readParamsFile(file: string, cwd: string): Promise<JsonObject[]> {
  const path = resolve(cwd, file);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new UsageError(`Cannot read "${file}": ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  const values = text.trimStart().startsWith("[")
    ? parsedIn(file, text, "")
    : text
        .split("\n")
        .flatMap((line, index) => (line.trim() === "" ? [] : [parsedIn(file, line, ` line ${index + 1}`)]));
  if (Array.isArray(values) && values.every(isParams)) return values;
  throw new UsageError(`Cannot read "${file}": it must hold an object of params for each run`);
}

function parsedIn(file: string, text: string, where: string): unknown {
  const value = parsedJson(file, text, where);
  const inexact = findInexactNumber(text);
  if (inexact === null) return value;
  throw new UsageError(`Cannot read "${file}"${where}: ${inexactNumberProblem(inexact)}`);
}

function parsedJson(file: string, text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`Cannot read "${file}"${where} as JSON: ${String(cause)}`);
  }
}

function isParams(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
