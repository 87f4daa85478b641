import { compileRetry } from "../compile/step-common.js";
import type { RetryPolicy } from "../definition/definition.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { StepFields } from "../schema/step-schema.js";
import { formatDuration } from "../types/duration.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** What ends while retries go on: the run, or a loop around the step. */
export interface Around {
  /** "the run", "the loop "pages"". */
  readonly what: string;
  readonly ms: number;
}

type Retry = NonNullable<StepFields["retry"]>;

/**
 * What retries take at least: their waits, and for those after a timeout the attempts before them, which each last for the
 * timeout of the step. At the first key that cannot be as it says, or at all of them when only together they are too many.
 */
export function checkRetry(
  fields: StepFields & { readonly retry: Retry },
  around: Around,
  { defaults, report }: WorkflowCheck,
): void {
  const policy = compileRetry(fields.retry, defaults.retry);
  const attemptMs = fields.timeout?.value ?? defaults.timeoutMs ?? 0;
  // A timeout that is never reached has been told of.
  const spans = spansOf(policy, attemptMs > around.ms ? 0 : attemptMs);
  const planned = { retry: fields.retry, policy, spans, aroundMs: around.ms };
  const found = delayProblem(planned) ?? classProblem(planned) ?? togetherProblem(planned);
  if (found === null) return;
  const message = `${found.what}, and ${around.what} ends after ${formatDuration(around.ms)}: ${found.so}`;
  report({ code: "retry-too-long", message, range: found.range });
}

interface RetryProblem {
  readonly what: string;
  readonly so: string;
  readonly range: TextRange;
}

interface PlannedRetry {
  readonly retry: Retry;
  readonly policy: RetryPolicy;
  readonly spans: Spans;
  /** What they must have room in, milliseconds. */
  readonly aroundMs: number;
}

function delayProblem({ retry: { value }, policy, aroundMs }: PlannedRetry): RetryProblem | null {
  const delay = value.delay ?? value.max_delay;
  const firstMs = waitsOf(policy, 1);
  if (delay === undefined || firstMs < aroundMs || CLASSES.every((one) => policy[one] === 0)) return null;
  const what = `The first retry waits ${formatDuration(firstMs)}`;
  return { what, so: "there is no retry", range: delay.range };
}

function classProblem({ retry: { value }, policy, spans, aroundMs }: PlannedRetry): RetryProblem | null {
  for (const one of CLASSES) {
    const written = value[one];
    if (written === undefined || written.value === 0 || spans[one] < aroundMs) continue;
    return { what: spanText(one, policy, spans), so: NOT_ALL, range: written.range };
  }
  return null;
}

/** Of both classes that are the step's own; so many lost workers beside are nothing to plan with. */
function togetherProblem({ retry, policy, spans, aroundMs }: PlannedRetry): RetryProblem | null {
  const { errors, timeouts } = retry.value;
  const spanMs = spans.errors + spans.timeouts;
  if (errors === undefined || timeouts === undefined || spanMs < aroundMs) return null;
  const what = `${policy.errors} retries of errors and ${policy.timeouts} of timeouts take ${formatDuration(spanMs)} in all`;
  return { what, so: NOT_ALL, range: retry.keyRange };
}

const CLASSES = ["errors", "platform", "timeouts"] as const;

const NOT_ALL = "not all of them can happen";

/** What the retries of each class take at least until the last one begins, in milliseconds. */
type Spans = Readonly<Record<(typeof CLASSES)[number], number>>;

function spansOf(policy: RetryPolicy, attemptMs: number): Spans {
  return {
    errors: waitsOf(policy, policy.errors),
    platform: waitsOf(policy, policy.platform),
    timeouts: waitsOf(policy, policy.timeouts) + policy.timeouts * attemptMs,
  };
}

function spanText(one: (typeof CLASSES)[number], policy: RetryPolicy, spans: Spans): string {
  const waitsMs = waitsOf(policy, policy[one]);
  const attempts = spans[one] > waitsMs ? " with the attempts that time out" : "";
  const verb = attempts === "" ? "wait" : "take";
  return `${policy[one]} retries ${verb} ${formatDuration(spans[one])} in all${attempts}`;
}

/** All waits before so many retries of one class; once the wait has reached its limit they are equal. */
function waitsOf({ delayMs, backoff, maxDelayMs }: RetryPolicy, retries: number): number {
  let total = 0;
  let wait = Math.min(delayMs, maxDelayMs);
  for (let retry = 0; retry < retries; retry += 1) {
    if (backoff === "fixed" || wait >= maxDelayMs || wait === 0) return total + wait * (retries - retry);
    total += wait;
    wait = Math.min(wait * 2, maxDelayMs);
  }
  return total;
}

/** The project's retries of errors, for steps that say nothing of them: told once, at the timeout in which they have no room. */
export function checkDefaultRetry({ fields, steps, defaults, report }: WorkflowCheck): void {
  const { timeout } = fields;
  const takesDefault = steps.some((step) => step.inner === null && step.fields.retry === undefined);
  const waitsMs = waitsOf(defaults.retry, defaults.retry.errors);
  if (timeout === undefined || waitsMs < timeout.value || waitsMs === 0 || !takesDefault) return;
  const message = `The project's ${defaults.retry.errors} retries of errors wait ${formatDuration(waitsMs)} in all, and the run ends after ${formatDuration(timeout.value)}: ${NOT_ALL}`;
  report({ code: "retry-too-long", message, range: timeout.range });
}
