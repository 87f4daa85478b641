import { itemsOf } from "../schema/field-value.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** Every step that is needed exists on the same level, and no step needs itself, however long the way. */
export function checkNeeds(check: WorkflowCheck): void {
  for (const step of check.steps) checkNeedsExist(step, check);
  checkCycles(check.top, check);
  for (const { inner } of check.steps) if (inner !== null) checkCycles(inner, check);
}

function checkNeedsExist(step: StepNode, { report }: WorkflowCheck): void {
  for (const need of itemsOf(step.fields.needs)) {
    if (step.level.byId.has(need.value)) continue;
    const near = suggestion(need.value, step.level.byId.keys());
    const level = step.level.parent === null ? "the workflow" : `the steps of "${step.level.parent.id}"`;
    const message = `There is no step "${need.value}" in ${level}${near.text}`;
    report({ code: "unknown-need", message, range: need.range, data: near.data });
  }
}

interface Visit {
  readonly step: StepNode;
  /** How many of its needs have been followed. */
  followed: number;
}

/** Depth first, without recursion: a chain may be 1,000 steps long. Each circle is reported at the edge that closes it. */
function checkCycles(level: StepLevel, check: WorkflowCheck): void {
  const done = new Set<StepNode>();
  for (const root of level.steps) {
    const path: Visit[] = done.has(root) ? [] : [{ step: root, followed: 0 }];
    const onPath = new Set<StepNode>([root]);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const need = visit.step.fields.needs?.value[visit.followed];
      visit.followed += 1;
      if (need === undefined) {
        done.add(visit.step);
        onPath.delete(visit.step);
        path.pop();
        continue;
      }
      const next = level.byId.get(need.value);
      if (next === undefined || done.has(next)) continue;
      if (onPath.has(next))
        reportCycle(
          path.map(({ step }) => step),
          next,
          check,
        );
      else {
        path.push({ step: next, followed: 0 });
        onPath.add(next);
      }
    }
  }
}

function reportCycle(
  path: readonly StepNode[],
  closing: StepNode,
  { path: file, report }: WorkflowCheck,
): void {
  const circle = path.slice(path.indexOf(closing));
  const last = circle.at(-1) ?? closing;
  const edge = last.fields.needs?.value.find((need) => need.value === closing.id);
  const way = [...circle, closing].map(({ id }) => `"${id}"`).join(" needs ");
  const related = circle.map(({ id, idRange }) => ({ message: `step "${id}"`, file, range: idRange }));
  report({
    code: "needs-cycle",
    message: `Steps need each other in a circle: ${way}`,
    range: edge?.range ?? last.idRange,
    related,
  });
}
