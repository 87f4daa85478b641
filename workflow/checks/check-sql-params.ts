import type { TextRange } from "../diagnostics/diagnostic.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { offsetsIn } from "../syntax/scalar-offsets.js";
import type { BodyPlace } from "./body-place.js";
import { namesInQuery, type SqlName } from "./sql-names.js";

/**
 * The params of a query are those that its text names: one that is named and not given fails when the step runs, one that is
 * given and not named changes nothing. `fileText` is that of the file of SQL; null when there is none that can be read.
 */
export function checkSqlParams(sql: SqlFields, fileText: string | null, place: BodyPlace): void {
  const { query, file, params } = sql;
  const named = namesIn(sql, fileText);
  if (named === null) return;
  const given = itemsOf(params);
  const keys = given.map(({ key }) => key);
  const isGiven = lookUp(keys);
  const missing = named.flatMap((name) =>
    isGiven(name.name) ? [] : [{ ...name, near: suggestion(name.name, keys) }],
  );
  if (query !== undefined) reportInQuery(query, missing, place);
  else if (file !== undefined) reportInFile(file, missing, place);
  // The one that a misspelt name means has been told of there.
  const isNamed = lookUp([
    ...named.map(({ name }) => name),
    ...missing.flatMap(({ near }) => near.data["nearest"] ?? []),
  ]);
  for (const { key, keyRange } of given) {
    if (isNamed(key)) continue;
    const message = `The query does not name "$${key}": whatever is given for it changes nothing`;
    place.report({ code: "sql-param-unused", message, range: keyRange });
  }
}

type SqlFields = NonNullable<StepFields["sql"]>["value"];

/** With an expression in it, or another query beside it, nobody knows what the query is: that has been told of. */
function namesIn({ query, file }: SqlFields, fileText: string | null): readonly SqlName[] | null {
  const text = query?.value ?? fileText;
  const isOne = query === undefined || file === undefined;
  return text === null || text.includes("${{") || !isOne ? null : namesInQuery(text);
}

interface MissingName extends SqlName {
  readonly near: ReturnType<typeof suggestion>;
}

/** Names are equal to databases, whatever their case. */
function lookUp(names: readonly string[]): (name: string) => boolean {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return (name) => known.has(name.toLowerCase());
}

function reportInQuery(
  { node }: NonNullable<SqlFields["query"]>,
  missing: readonly MissingName[],
  { text, report }: BodyPlace,
): void {
  if (node.kind !== "scalar" || missing.length === 0) return;
  const offset = offsetsIn(text, node);
  for (const { name, near, start, end } of missing) {
    const range = { start: offset(start), end: offset(end - 1) + 1 };
    const { nearest } = near.data;
    const message = `The query names "$${name}", and "params" has no "${name}"${near.text}`;
    const mend = nearest === undefined ? {} : writeInstead(`$${nearest}`, range);
    report({ code: "sql-param-missing", message, range, ...mend });
  }
}

/** The file may be that of other steps too, so the step is told that names it. */
function reportInFile(
  { value, range }: { readonly value: string; readonly range: TextRange },
  missing: readonly MissingName[],
  { report }: BodyPlace,
): void {
  const byName = new Map(missing.map((one) => [one.name, one]));
  for (const { name, near } of byName.values()) {
    const message = `"${value}" names "$${name}", and "params" has no "${name}"${near.text}`;
    report({ code: "sql-param-missing", message, range });
  }
}
