import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { CheckedFile } from "./checked-file.js";
import { reportCircles, type WrittenEdge } from "./report-circles.js";

/** No workflow runs itself as a step, however long the way: such a run would never end. */
export function checkCallCircles(files: readonly CheckedFile[]): readonly Diagnostic[] {
  const calls = new Map(
    files.flatMap(({ path, fields }) => {
      if (fields.workflow === undefined || fields.calls.length === 0) return [];
      const edges = fields.calls.map(({ value, range }): WrittenEdge => ({ to: value, path, range }));
      return [[fields.workflow.value, edges] as const];
    }),
  );
  return reportCircles(calls, {
    code: "subworkflow-cycle",
    message: (circle) => {
      const ids = [...circle.map(({ from }) => from), circle.at(-1)?.edge.to];
      return `Workflows run each other as steps in a circle: ${ids.map((id) => `"${id}"`).join(" runs ")}`;
    },
    related: ({ to }) => `runs "${to}"`,
  });
}
