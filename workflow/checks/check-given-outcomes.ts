import type { StepDefinition } from "../definition/definition.js";
import type { Report } from "../diagnostics/report.js";
import { createExpressionChecker } from "../expressions/check-expression.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import { itemsOf, valueOr } from "../schema/field-value.js";
import type { Field } from "../schema/record.js";
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
    checkWhere(fields.where, tested, context);
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

/** A `where` of a test is a condition over what the loops around the step give it. */
export function checkWhere(
  where: OutcomeFields["where"],
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

function checkOutcomeKeys(fields: OutcomeFields, named: NamedStep, report: Report): void {
  if (!hasNoAttempts(named.step)) {
    for (const contradiction of contradictions(fields, named)) {
      const { message, field } = contradiction;
      report({ code: "invalid-value", message, range: field.keyRange });
    }
    return;
  }
  for (const key of OF_ATTEMPTS) {
    const field = fields[key];
    if (field === undefined) continue;
    const message = `"${key}" has no effect on "${named.path}": ${whyNoAttempts(named)}`;
    report({ code: "misplaced-key", message, range: field.keyRange });
  }
}

interface Contradiction {
  readonly message: string;
  readonly field: Field<unknown>;
}

/** The keys of an outcome that cannot be together, or not on this step. */
function contradictions(fields: OutcomeFields, named: NamedStep): readonly Contradiction[] {
  const { fails, final, outputs } = fields;
  const found: Contradiction[] = [];
  if (fails !== undefined && outputs !== undefined && outputs.value.length > 0) {
    const message = 'An attempt that fails has no outputs: leave out "outputs", or "fails"';
    found.push({ message, field: outputs });
  }
  if (final?.value === true && fails?.value !== "error") {
    found.push({ message: 'Only "fails: error" can be final', field: final });
  }
  return [...found, ...cacheContradictions(fields, named)];
}

function cacheContradictions(
  { cached, fails }: OutcomeFields,
  { path, step }: NamedStep,
): readonly Contradiction[] {
  if (cached?.value !== true) return [];
  if (step.cache === null) {
    return [{ message: `Step "${path}" has no "cache", so nothing is reused`, field: cached }];
  }
  const message = 'What is reused has succeeded: leave out "cached", or "fails"';
  return fails === undefined ? [] : [{ message, field: cached }];
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
