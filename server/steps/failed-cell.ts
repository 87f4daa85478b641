import { plainLine } from "./plain-line.js";

const LONGEST_REASON = 300;

/** The parts of a notebook that say which cell failed. Source: nbformat 4. */
interface Cell {
  readonly execution_count?: unknown;
  readonly outputs?: unknown;
}

/** Which cell of an executed notebook failed, and with what: `cell 3: ZeroDivisionError: division by zero`; null for none. */
export function failedCell(text: string): string | null {
  const notebook = parse(text);
  for (const [index, cell] of listIn(notebook, "cells").entries()) {
    for (const output of listIn(cell, "outputs")) {
      if (textIn(output, "output_type") !== "error") continue;
      const reason = [textIn(output, "ename"), textIn(output, "evalue")].filter((text) => text !== "");
      const number = numberOf(cell) ?? index + 1;
      return plainLine(`cell ${number}: ${reason.join(": ")}`).slice(0, LONGEST_REASON);
    }
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off, or no notebook at all: nothing of it is known.
    return null;
  }
}

function listIn(value: unknown, key: string): readonly unknown[] {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : null;
  return Array.isArray(found) ? found : [];
}

function textIn(value: unknown, key: string): string {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : null;
  return typeof found === "string" ? found : "";
}

/** The number that Jupyter shows beside it: `In [3]`. */
function numberOf(cell: unknown): number | null {
  const { execution_count: count }: Cell = typeof cell === "object" && cell !== null ? cell : {};
  return typeof count === "number" ? count : null;
}
