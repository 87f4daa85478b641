import type { Report } from "../diagnostics/report.js";
import { STEP_KINDS } from "../model/step-kind.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { formatDuration } from "../types/duration.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** What is written and changes nothing: most likely something else was meant. */
export function checkIdleKeys(fields: StepFields, { defaults, report }: WorkflowCheck): void {
  reportTwice(fields.needs, report);
  reportTwice(fields.permits, report);
  checkDelay(fields, defaults.retry.maxDelayMs, report);
  checkRetryOfKind(fields, report);
  checkRequire(fields, report);
  checkNoop(fields, report);
  const { timeout, on_timeout: answer } = fields.approval?.value ?? {};
  if (answer !== undefined && timeout === undefined) {
    const message = `This approval has no "timeout": its "on_timeout" never counts`;
    report({ code: "key-without-effect", message, range: answer.range });
  }
  const ttl = fields.cache?.value.ttl;
  if (ttl?.value === 0) {
    const message = "An earlier success never counts: the cache is never used";
    report({ code: "key-without-effect", message, range: ttl.range });
  }
}

function reportTwice(names: StepFields["needs"], report: Report): void {
  const seen = new Set<string>();
  for (const { value: name, range } of itemsOf(names)) {
    if (seen.has(name)) {
      report({ code: "key-without-effect", message: `"${name}" is here twice: once is enough`, range });
    }
    seen.add(name);
  }
}

/** Without needs there is nothing to join; of `any_failed` it is told that it never runs. */
function checkRequire({ require, needs }: StepFields, report: Report): void {
  if (require === undefined || itemsOf(needs).length > 0) return;
  if (require.value === "any_failed" || require.value === "all_succeeded") return;
  const message = `A step without "needs" begins at once: "require" changes nothing`;
  report({ code: "key-without-effect", message, range: require.keyRange });
}

/** What has no attempts of its own is not tried again. */
const NEVER_TRIED_AGAIN: readonly (readonly [keyof StepFields, string])[] = [
  ["foreach", `A loop has no attempts of its own: say "retry" at its steps`],
  ["while", `A loop has no attempts of its own: say "retry" at its steps`],
  ["approval", "An approval is asked for once: what comes of it stays"],
  ["sleep", "A sleep ends once: it is not begun again"],
];

function checkRetryOfKind(fields: StepFields, report: Report): void {
  const { retry } = fields;
  if (retry === undefined) return;
  const found = NEVER_TRIED_AGAIN.find(([kind]) => fields[kind] !== undefined);
  if (found === undefined) return;
  const message = `${found[1]}. This "retry" changes nothing`;
  report({ code: "key-without-effect", message, range: retry.keyRange });
}

/** What it waits for, its permits too, is no part of its attempt. */
function checkNoop(fields: StepFields, report: Report): void {
  const { noop, retry, timeout } = fields;
  if (noop === undefined || STEP_KINDS.some((kind) => kind !== "noop" && fields[kind] !== undefined)) return;
  if (retry !== undefined) {
    const message = `A noop does nothing, so it cannot fail. This "retry" changes nothing`;
    report({ code: "key-without-effect", message, range: retry.keyRange });
  }
  if (timeout === undefined) return;
  const message = `A noop does nothing, so it takes no time. This "timeout" changes nothing`;
  report({ code: "key-without-effect", message, range: timeout.keyRange });
}

/** @param usualMs what `max_delay` is where the step says nothing of it */
function checkDelay({ retry }: StepFields, usualMs: number, report: Report): void {
  const { delay, max_delay: longest } = retry?.value ?? {};
  const longestMs = longest?.value ?? usualMs;
  if (delay === undefined || delay.value <= longestMs) return;
  const message =
    longest === undefined
      ? `No wait is longer than "max_delay", which is ${formatDuration(longestMs)} where nothing is said: add "max_delay: ${formatDuration(delay.value)}"`
      : `No wait is longer than "max_delay", ${formatDuration(longestMs)}: this delay never counts`;
  report({ code: "key-without-effect", message, range: delay.range });
}
