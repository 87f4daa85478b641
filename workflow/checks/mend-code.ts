import type { Fix, TextRange } from "../diagnostics/diagnostic.js";
import type { Field } from "../schema/record.js";
import type { MapItem } from "../schema/collections.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { addEntry } from "./mend.js";

/** Where the values of a piece of code belong. */
export interface ValuePlace {
  /** The map that has, or is to have, the key. */
  readonly owner: SyntaxNode;
  readonly key: "env" | "params";
  readonly given: Field<readonly MapItem<SyntaxNode>[]> | undefined;
}

/** The edit that takes an expression out of code: its value goes to `env` or `params`, and a variable stands in its place. */
export function moveExpression(
  written: string,
  range: TextRange,
  { owner, key, given, text, isQuoted }: ValuePlace & { readonly text: string; readonly isQuoted: boolean },
): Fix | null {
  const names = new Set(given?.value.map((item) => item.key));
  const name = freeName(written, key, names);
  const entry = `${name}: ${JSON.stringify(written)}`;
  const edit =
    given === undefined ? addEntry(owner, `${key}: { ${entry} }`, text) : addEntry(given.node, entry, text);
  if (edit === null) return null;
  // Quotes inside of quotes would end them.
  const variable = key === "env" && !isQuoted ? `"$${name}"` : `$${name}`;
  return { title: `Move the expression to "${key}"`, edits: [edit, { range, newText: variable }] };
}

/** A name made of the last word of the expression, that nothing has yet. */
function freeName(written: string, key: ValuePlace["key"], taken: ReadonlySet<string>): string {
  const word = /(\w+)\W*$/.exec(written.replace(/\}\}$/, ""))?.[1] ?? "value";
  const base = /^[A-Za-z_]/.test(word) ? word : `value_${word}`;
  const name = key === "env" ? base.toUpperCase() : base.toLowerCase();
  if (!taken.has(name)) return name;
  let count = 2;
  while (taken.has(`${name}_${count}`)) count += 1;
  return `${name}_${count}`;
}
