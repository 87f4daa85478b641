import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import { kindsOf, KINDS_OF_KEY, STEP_KINDS, type StepKind } from "../model/step-kind.js";
import { entryOf, type MapEntry, type SyntaxNode } from "../syntax/syntax-node.js";

export interface StepBody {
  /** "Step "load"", "Template "audit"". */
  readonly what: string;
  /** Where it is reported that the body says nothing. */
  readonly range: TextRange;
  readonly node: SyntaxNode;
  /** Those that it may have; of any other one something has been said. */
  readonly keys: Readonly<Record<string, unknown>>;
}

/** A step has exactly one kind, only keys of that kind, and a loop has steps. */
export function checkStepKind({ what, range, node, keys }: StepBody, report: Report): void {
  const [first, second] = kindsOf(node);
  const entries = node.kind === "map" ? node.entries : [];
  const isKnown = ({ key }: MapEntry): boolean => Object.hasOwn(keys, key);
  if (first === undefined) {
    // What is unknown may be the kind that was meant.
    if (!entries.every(isKnown)) return;
    const message = `${what} does nothing: give it one of ${STEP_KINDS.join(", ")}`;
    report({ code: "step-kind-missing", message, range });
    return;
  }
  if (second !== undefined) {
    const message = `${what} is of two kinds, "${first.kind}" and "${second.kind}": make it two steps`;
    report({ code: "step-kind-many", message, range: second.entry.keyRange });
    return;
  }
  reportForeignKeys(entries.filter(isKnown), { what, kind: first.kind }, report);
  const isLoop = first.kind === "foreach" || first.kind === "while";
  if (isLoop && entryOf(node, "steps") === undefined) {
    report({
      code: "missing-key",
      message: `"steps" is missing: "${first.kind}" repeats them`,
      range: first.entry.keyRange,
    });
  }
}

function reportForeignKeys(
  entries: readonly MapEntry[],
  { what, kind }: { readonly what: string; readonly kind: StepKind },
  report: Report,
): void {
  for (const entry of entries) {
    const kinds = KINDS_OF_KEY.get(entry.key);
    if (kinds === undefined || kinds.includes(kind)) continue;
    const owners = kinds.map((owner) => `"${owner}"`).join(" or ");
    const message = `"${entry.key}" belongs to a step of kind ${owners}; ${what} is of kind "${kind}"`;
    report({ code: "misplaced-key", message, range: entry.keyRange });
  }
}
