import type { TextRange } from "../diagnostics/diagnostic.js";

/** A param where a query names it: `$name`, or by its place, `$1`, which nothing gives. */
export interface SqlName extends TextRange {
  readonly name: string;
}

/**
 * What a query holds that is no code, or a `$name` in it: comments, texts and names in quotes, texts between dollars.
 * Comments within comments are of PostgreSQL and DuckDB alike, so one that holds another ends it too soon here: then a name
 * may be seen that is none, which `namesInQuery` rules out by giving up.
 */
const PARTS =
  /--[^\n]*|\/\*[^]*?(?:\*\/|$)|[eE]'(?:[^'\\]|\\[^]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|(\$(?:[A-Za-z_]\w*)?\$)[^]*?(?:\1|$)|(?<![\w$])\$([A-Za-z_]\w*|\d+)/g;

/** The params that a query names, in order; null when it cannot be told, as when a comment holds another. */
export function namesInQuery(query: string): readonly SqlName[] | null {
  const names: SqlName[] = [];
  for (const { index, 0: part, 2: name } of query.matchAll(PARTS)) {
    if (part.startsWith("/*") && part.indexOf("/*", 2) >= 0) return null;
    if (name !== undefined) names.push({ name, start: index, end: index + part.length });
  }
  return names;
}
