import { itemsOf } from "../schema/field-value.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import { circlesOf, type Edge } from "./circles.js";
import type { WorkflowCheck } from "./workflow-check.js";

/**
 * Every step that is needed exists on the same level, and no step needs itself, however long the way. False when one does:
 * then nobody knows what runs before what.
 */
export function checkNeeds(check: WorkflowCheck): boolean {
  for (const step of check.steps) checkNeedsExist(step, check);
  const levels = [check.top, ...check.steps.flatMap(({ inner }) => inner ?? [])];
  return levels.map((level) => checkCycles(level, check)).every((isFree) => isFree);
}

/** The nearest step; one that is named as in expressions is that one. */
function nearestStep(written: string, { byId }: StepLevel): ReturnType<typeof suggestion> {
  const plain = written.replace(/^steps\./, "");
  if (!byId.has(plain)) return suggestion(written, byId.keys());
  return { text: `: write "${plain}"`, data: { nearest: plain } };
}

function checkNeedsExist(step: StepNode, { report }: WorkflowCheck): void {
  for (const need of itemsOf(step.fields.needs)) {
    if (step.level.byId.has(need.value)) continue;
    const near = nearestStep(need.value, step.level);
    const level = step.level.parent === null ? "the workflow" : `the steps of "${step.level.parent.id}"`;
    const around = holderBeside(need.value, step);
    const several = need.value.split(/[\s,]+/).filter((name) => step.level.byId.has(name));
    const advice =
      several.length > 1
        ? `. Several are a list: [${several.join(", ")}]`
        : around === null
          ? near.text
          : `: it stands beside "${around}", so add it to "needs" of "${around}"`;
    const message = `There is no step "${need.value}" in ${level}${advice}`;
    const { nearest } = near.data;
    report({
      code: "unknown-need",
      message,
      range: need.range,
      ...(nearest === undefined || around !== null ? {} : writeInstead(nearest, need.range)),
    });
  }
}

/** The step around a step that stands on the level of the one that it needs; null when there is none. */
function holderBeside(need: string, step: StepNode): string | null {
  for (let around = step.level.parent; around !== null; around = around.level.parent) {
    if (around.level.byId.has(need) && around.id !== need) return around.id;
  }
  return null;
}

/** Each circle is reported at the edge that closes it; true when there is none. */
function checkCycles(level: StepLevel, { path: file, report }: WorkflowCheck): boolean {
  const edgesOf = ({ fields }: StepNode): readonly Need[] =>
    itemsOf(fields.needs).flatMap(({ value, range }) => {
      const to = level.byId.get(value);
      return to === undefined ? [] : [{ to, range }];
    });
  const circles = circlesOf(level.steps, edgesOf);
  for (const circle of circles) {
    const last = circle.at(-1);
    if (last === undefined) continue;
    const way = [...circle.map(({ from }) => from), last.edge.to].map(({ id }) => `"${id}"`).join(" needs ");
    const related = circle.map(({ from: { id, idRange } }) => ({
      message: `step "${id}"`,
      file,
      range: idRange,
    }));
    const message = `Steps need each other in a circle: ${way}. Leave one of these needs out`;
    report({ code: "needs-cycle", message, range: last.edge.range, related });
  }
  return circles.length === 0;
}

interface Need extends Edge<StepNode> {
  readonly range: TextRange;
}
