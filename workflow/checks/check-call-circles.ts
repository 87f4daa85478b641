import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import type { CheckedFile } from "./checked-file.js";
import { circlesOf, type Edge } from "./circles.js";

interface Call extends Edge<string> {
  readonly path: string;
  readonly range: TextRange;
}

/** No workflow runs itself as a step, however long the way: such a run would never end. */
export function checkCallCircles(files: readonly CheckedFile[]): readonly Diagnostic[] {
  const calls = new Map(
    files.flatMap(({ path, fields }) => {
      if (fields.workflow === undefined || fields.calls.length === 0) return [];
      return [
        [fields.workflow.value, fields.calls.map(({ value, range }): Call => ({ to: value, path, range }))],
      ];
    }),
  );
  return circlesOf(calls.keys(), (id) => calls.get(id) ?? []).flatMap((circle) => {
    const last = circle.at(-1);
    if (last === undefined) return [];
    const { report, diagnostics } = collectFindings(last.edge.path);
    const way = [...circle.map(({ from }) => from), last.edge.to].map((id) => `"${id}"`).join(" runs ");
    report({
      code: "subworkflow-cycle",
      message: `Workflows run each other as steps in a circle: ${way}`,
      range: last.edge.range,
      related: circle.map(({ edge }) => ({
        message: `runs "${edge.to}"`,
        file: edge.path,
        range: edge.range,
      })),
    });
    return diagnostics;
  });
}
