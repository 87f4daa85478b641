import { describePlan, type PlanContext } from "./describe-plan.js";
import type { OutlineLine } from "./outline.js";
import type { Plan } from "./plan.js";
import { visibleLine } from "../diagnostics/visible-text.js";

/** A plan for a terminal, without colours: marked lines begin with `+`, `-` or `~`. Ends with a line break. */
export function renderPlanText(plan: Plan, context: PlanContext): string {
  const sections = describePlan(plan, context).map(({ heading, lines }) =>
    [textOf(heading), ...lines.map((line) => `  ${textOf(line)}`)].join("\n"),
  );
  return `${sections.join("\n\n")}\n`;
}

function textOf({ depth, mark, spans }: OutlineLine): string {
  const words = spans.map((span) => (typeof span === "string" ? span : visibleLine(span.code))).join("");
  return `${"  ".repeat(depth)}${mark === null ? "" : `${mark} `}${words}`;
}
