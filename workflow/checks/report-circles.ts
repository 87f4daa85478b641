import type { DiagnosticCode } from "../diagnostics/codes.js";
import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import { circlesOf, type Edge, type Link } from "./circles.js";

/** A way from one workflow to the next, by ids, and where it is written. */
export interface WrittenEdge extends Edge<string> {
  readonly path: string;
  readonly range: TextRange;
}

/** What is said of a circle: as a whole, where it closes, and of each of its edges beside it. */
export interface CircleWords<E> {
  readonly code: DiagnosticCode;
  readonly message: (circle: readonly Link<string, E>[]) => string;
  readonly related: (edge: E) => string;
}

/** Tells of each circle of workflows once, at the edge that closes it. @param edges by the workflow from which they lead */
export function reportCircles<E extends WrittenEdge>(
  edges: ReadonlyMap<string, readonly E[]>,
  { code, message, related }: CircleWords<E>,
): readonly Diagnostic[] {
  return circlesOf(edges.keys(), (id) => edges.get(id) ?? []).flatMap((circle) => {
    const last = circle.at(-1);
    if (last === undefined) return [];
    const { report, diagnostics } = collectFindings(last.edge.path);
    report({
      code,
      message: message(circle),
      range: last.edge.range,
      related: circle.map(({ edge }) => ({ message: related(edge), file: edge.path, range: edge.range })),
    });
    return diagnostics;
  });
}
