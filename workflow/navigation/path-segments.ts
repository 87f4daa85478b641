import type { TextRange } from "../diagnostics/diagnostic.js";
import type { SeenExpression } from "../checks/used-names.js";
import type { Reference } from "../expressions/names.js";

/** One name of a path in an expression, such as `extract` of `steps.extract.outputs.rows`. */
export interface PathSegment {
  readonly name: string;
  /** In the text of the file. */
  readonly range: TextRange;
}

/** The names of a use, each where it stands in the file. */
export function segmentsOf(
  { path, start, end }: Reference,
  expression: SeenExpression,
): readonly PathSegment[] {
  const { source, offset } = expression;
  const segments: PathSegment[] = [];
  let from = start;
  for (const name of path) {
    const at = source.indexOf(name, from);
    if (at < 0 || at + name.length > end) break;
    segments.push({ name, range: { start: offset(at), end: offset(at + name.length - 1) + 1 } });
    from = at + name.length;
  }
  return segments;
}
