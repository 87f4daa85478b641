import type { Report } from "../diagnostics/report.js";
import { kindsOf, type StepKind } from "../model/step-kind.js";
import type { StepNode } from "../model/step-tree.js";

/** The kinds whose steps nothing executes: what they do cannot be reused. */
const UNCACHED: readonly StepKind[] = ["foreach", "while", "sleep", "approval"];

/** A cache stands on a step that is looked up in it. */
export function checkCache({ id, node, fields: { cache } }: StepNode, report: Report): void {
  const kind = kindsOf(node)[0]?.kind;
  if (cache === undefined || kind === undefined || !UNCACHED.includes(kind)) return;
  const isLoop = kind === "foreach" || kind === "while";
  const advice = isLoop ? "give it to the steps inside" : "leave it out";
  const message = `A step of kind "${kind}" is executed whatever its "cache" says: ${advice} of "${id}"`;
  report({ code: "cache-without-effect", message, range: cache.keyRange });
}
