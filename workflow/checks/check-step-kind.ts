import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import { kindsOf, KINDS_OF_KEY, STEP_KINDS } from "../model/step-kind.js";
import { entryOf, type SyntaxNode } from "../syntax/syntax-node.js";

export interface StepBody {
  /** "Step "load"", "Template "audit"". */
  readonly what: string;
  /** Where it is reported that the body says nothing. */
  readonly range: TextRange;
  readonly node: SyntaxNode;
}

/** A step has exactly one kind, only keys of that kind, and a loop has steps. */
export function checkStepKind({ what, range, node }: StepBody, report: Report): void {
  const [first, second] = kindsOf(node);
  if (first === undefined) {
    const message = `${what} does nothing: give it one of ${STEP_KINDS.join(", ")}`;
    report({ code: "step-kind-missing", message, range });
    return;
  }
  if (second !== undefined) {
    const message = `${what} is of two kinds, "${first.kind}" and "${second.kind}": make it two steps`;
    report({ code: "step-kind-many", message, range: second.entry.keyRange });
    return;
  }
  for (const entry of node.kind === "map" ? node.entries : []) {
    const kinds = KINDS_OF_KEY.get(entry.key);
    if (kinds === undefined || kinds.includes(first.kind)) continue;
    const owners = kinds.map((kind) => `"${kind}"`).join(" or ");
    const message = `"${entry.key}" belongs to a step of kind ${owners}; ${what} is of kind "${first.kind}"`;
    report({ code: "misplaced-key", message, range: entry.keyRange });
  }
  const isLoop = first.kind === "foreach" || first.kind === "while";
  if (isLoop && entryOf(node, "steps") === undefined) {
    report({
      code: "missing-key",
      message: `"steps" is missing: "${first.kind}" repeats them`,
      range: first.entry.keyRange,
    });
  }
}
