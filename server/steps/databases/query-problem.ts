/** What the query cannot be, in words for its author. */
export class QueryProblem extends Error {
  readonly code = "query-problem";
}

/** A query names a param that it is not given. */
export function missingParam(name: string, known: readonly string[]): QueryProblem {
  if (/^\d+$/.test(name)) {
    return new QueryProblem(
      `Cannot bind parameter ${name}: params are bound by name, write $name instead of ?`,
    );
  }
  const list =
    known.length === 0 ? "there are none" : `there are ${known.map((each) => `"${each}"`).join(", ")}`;
  return new QueryProblem(`Cannot bind $${name}: params has no "${name}"; ${list}`);
}
