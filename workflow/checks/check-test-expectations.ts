import { formatDuration } from "../types/duration.js";
import type { ParamDefinition } from "../definition/definition.js";
import type { Report } from "../diagnostics/report.js";
import { itemsOf } from "../schema/field-value.js";
import type { ExpectedStepFields, TestCaseFields } from "../schema/test-schema.js";
import type { TestedStep } from "../testing/tested-step.js";
import type { Located } from "../schema/schema.js";
import { checkWhere, type OutcomesContext } from "./check-given-outcomes.js";
import { checkGivenParams, checkStepOutputs } from "./check-named-values.js";

/** The outputs that are expected of a step are outputs that it has, and the iterations some that it may have. */
export function checkExpectedSteps(
  expected: readonly Located<ExpectedStepFields>[],
  { path, tested }: { readonly path: string; readonly tested: TestedStep },
  context: OutcomesContext,
): void {
  const { step, loops } = tested;
  const { report } = context;
  for (const { value: fields } of expected) {
    if (typeof fields === "string") continue;
    checkWhere(fields.where, tested, context);
    for (const field of [fields.where, fields.iterations]) {
      if (field === undefined || loops.length > 0) continue;
      const message = `Step "${path}" is in no loop, so it has no iterations`;
      report({ code: "misplaced-key", message, range: field.keyRange });
    }
    if (!("steps" in step))
      checkStepOutputs(itemsOf(fields.outputs), { path, outputs: step.outputs, takesNull: true }, report);
  }
}

/** The spans of a test are spans: what is first comes first. */
export function checkSpans({ expect, fires }: TestCaseFields, report: Report): void {
  if (expect?.value.takes !== undefined) checkTakes(expect.value.takes.value, report);
  if (fires !== undefined) checkFires(fires.value, report);
}

type Takes = NonNullable<NonNullable<TestCaseFields["expect"]>["value"]["takes"]>["value"];
type Fires = NonNullable<TestCaseFields["fires"]>["value"];

function checkTakes({ at_least: least, at_most: most }: Takes, report: Report): void {
  if (least === undefined || most === undefined || least.value <= most.value) return;
  const message = `No run takes at least ${formatDuration(least.value)} and at most ${formatDuration(most.value)}`;
  report({ code: "invalid-value", message, range: least.range });
}

function checkFires({ from, to }: Fires, report: Report): void {
  if (from === undefined || to === undefined || from.value < to.value) return;
  const message = 'Nothing fires in this span: "to" must be after "from"';
  report({ code: "invalid-value", message, range: to.range });
}

/** The runs that signals start have params of the workflow, and come from signals that there are. */
export function checkStarts(
  { starts }: TestCaseFields,
  params: readonly ParamDefinition[],
  report: Report,
): void {
  const { signals, runs } = starts?.value ?? {};
  const count = itemsOf(signals).length;
  for (const { value } of itemsOf(runs)) {
    const { by } = value;
    checkGivenParams(itemsOf(value.params), params, report);
    if (by === undefined || by.value <= count) continue;
    const message = `There is no signal ${by.value}: here ${count === 1 ? "is 1" : `are ${count}`}`;
    report({ code: "invalid-value", message, range: by.range });
  }
}
