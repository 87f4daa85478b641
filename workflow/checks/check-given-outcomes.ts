import type { StepDefinition } from "../definition/definition.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import { createExpressionChecker } from "../expressions/check-expression.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { Located } from "../schema/schema.js";
import type { OutcomeFields } from "../schema/test-schema.js";
import type { TestedStep } from "../testing/tested-step.js";
import { checkStepOutputs } from "./check-named-values.js";
import { checkSite } from "./check-site.js";
import { whereScope } from "./where-scope.js";

export interface OutcomesContext {
  /** Of the test file. */
  readonly text: string;
  readonly library: ExpressionLibrary;
  readonly report: Report;
}

/** What a test gives for one step can happen to it: nothing of it is without effect, and no part contradicts another. */
export function checkGivenOutcomes(
  outcomes: readonly Located<OutcomeFields>[],
  { path, tested }: { readonly path: string; readonly tested: TestedStep },
  context: OutcomesContext,
): void {
  const { step } = tested;
  const { report } = context;
  for (const { value: fields } of outcomes) {
    checkWhere(fields, tested, context);
    checkOutcomeKeys(fields, { path, step }, report);
    checkAnswer(fields, { path, step }, report);
    checkSignals(fields, { path, step }, report);
    const { outputs } = step;
    if (!hasNoAttempts(step))
      checkStepOutputs(itemsOf(fields.outputs), { path, outputs, takesNull: false }, report);
  }
}

interface NamedStep {
  readonly path: string;
  readonly step: StepDefinition;
}

function checkWhere(
  { where }: OutcomeFields,
  tested: TestedStep,
  { text, library, report }: OutcomesContext,
): void {
  if (where === undefined) return;
  const checker = createExpressionChecker(whereScope(tested, library), library);
  checkSite(
    { node: where.node, checker, expected: { name: "bool" }, isBare: true },
    { text, report, referenceProblem: () => null },
  );
}

/** The keys that say how an attempt goes. */
const OF_ATTEMPTS = ["fails", "final", "outputs", "after", "cached"] as const;

function hasNoAttempts({ kind }: StepDefinition): boolean {
  return ["foreach", "while", "approval", "sleep"].includes(kind);
}

function checkOutcomeKeys(fields: OutcomeFields, { path, step }: NamedStep, report: Report): void {
  if (hasNoAttempts(step)) {
    for (const key of OF_ATTEMPTS) {
      const field = fields[key];
      if (field === undefined) continue;
      const message = `"${key}" has no effect on "${path}": ${whyNoAttempts({ path, step })}`;
      report({ code: "misplaced-key", message, range: field.keyRange });
    }
    return;
  }
  const { fails, final, outputs, cached } = fields;
  if (fails !== undefined && itemsOf(outputs).length > 0 && outputs !== undefined) {
    contradiction('An attempt that fails has no outputs: leave out "outputs", or "fails"', outputs.keyRange);
  }
  if (valueOr(final, false) && final !== undefined && valueOr(fails, null) !== "error") {
    contradiction('Only "fails: error" can be final', final.keyRange);
  }
  if (!valueOr(cached, false) || cached === undefined) return;
  if (step.cache === null) {
    contradiction(`Step "${path}" has no "cache", so nothing is reused`, cached.keyRange);
  } else if (fails !== undefined) {
    contradiction('What is reused has succeeded: leave out "cached", or "fails"', cached.keyRange);
  }

  function contradiction(message: string, range: TextRange): void {
    report({ code: "invalid-value", message, range });
  }
}

function whyNoAttempts({ path, step }: NamedStep): string {
  switch (step.kind) {
    case "approval":
      return 'a person decides, so say "approve", "reject" or "never"';
    case "sleep":
      return "a sleep takes its own time and always succeeds";
    default: {
      const inner = "steps" in step ? step.steps[0]?.id : undefined;
      return `a loop becomes what its steps do, so give outcomes to them, as in "${path}.${inner ?? "…"}"`;
    }
  }
}

function checkAnswer(
  { approve, reject, never }: OutcomeFields,
  { path, step }: NamedStep,
  report: Report,
): void {
  const answers = [approve, reject, valueOr(never, false) ? never : undefined].filter(
    (answer) => answer !== undefined,
  );
  if (step.kind !== "approval") {
    for (const { keyRange } of answers) {
      const message = `Nobody answers "${path}": it is no approval`;
      report({ code: "misplaced-key", message, range: keyRange });
    }
    return;
  }
  for (const { keyRange } of answers.slice(1)) {
    const message = 'An approval has one answer: "approve", "reject" or "never"';
    report({ code: "invalid-value", message, range: keyRange });
  }
}

function checkSignals({ signals }: OutcomeFields, { path, step }: NamedStep, report: Report): void {
  const count = step.waitFor.length;
  const extra = itemsOf(signals)[count];
  if (extra === undefined) return;
  const message = `Step "${path}" waits for ${count === 0 ? "no signal" : `${count} signal${count === 1 ? "" : "s"}`}: this one is never asked for`;
  report({ code: "invalid-value", message, range: extra.range });
}
