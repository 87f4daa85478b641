import type { MapEntry } from "../syntax/syntax-node.js";

/** Words that other systems have for keys of ours, and older spellings; the first that the place knows counts. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  depends_on: ["needs"],
  dependsOn: ["needs"],
  dependencies: ["needs"],
  upstream: ["needs"],
  when: ["if"],
  condition: ["if"],
  trigger_rule: ["require"],
  script: ["run"],
  command: ["run"],
  cmd: ["run"],
  bash: ["run"],
  cron: ["schedule"],
  tz: ["timezone"],
  time_zone: ["timezone"],
  catchup: ["missed"],
  environment: ["env"],
  variables: ["env"],
  cwd: ["working_directory"],
  workdir: ["working_directory"],
  container: ["image"],
  docker: ["image"],
  matrix: ["foreach"],
  withItems: ["foreach"],
  withParam: ["foreach"],
  for_each: ["foreach"],
  concurrency: ["max_parallel", "max_parallel_steps"],
  parallelism: ["max_parallel", "max_parallel_steps"],
  jobs: ["steps"],
  tasks: ["steps"],
  on: ["triggers"],
  inputs: ["params", "with"],
  parameters: ["params", "with"],
  args: ["with"],
  arguments: ["with"],
  uses: ["use"],
  template: ["use"],
  subworkflow: ["workflow"],
  call: ["workflow"],
  tags: ["labels"],
  results: ["outputs"],
  retry_policy: ["retry"],
  retryPolicy: ["retry"],
  retryStrategy: ["retry"],
};

/** The key that someone means who writes a word of another system; null when it is none, or has no place here. */
export function keyMeantBy(word: string, known: Readonly<Record<string, unknown>>): string | null {
  const meant = Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined;
  return meant?.find((key) => Object.hasOwn(known, key)) ?? null;
}

/** Numbers of retries, as other systems have them: here each class of failure has its own. */
const RETRY_COUNTS: readonly string[] = [
  "retries",
  "max_retries",
  "maxRetries",
  "retry_count",
  "retry_limit",
];

/** Numbers of attempts, of which the first is no retry. */
const ATTEMPT_COUNTS: readonly string[] = ["max_attempts", "maxAttempts", "attempts"];

/** The entry that someone means whose key and value are both written otherwise here; null when there is none. */
export function entryMeantBy(
  { key, value }: MapEntry,
  known: Readonly<Record<string, unknown>>,
): string | null {
  const step = entryOfStep(key, value.kind === "scalar" ? value.value : null);
  if (step !== null) return Object.hasOwn(known, "failure_mode") ? step : null;
  const errors = retriesMeantBy(key, value.kind === "scalar" ? value.value : null);
  if (errors === null) return null;
  if (Object.hasOwn(known, "retry")) return `retry: { errors: ${errors} }`;
  return Object.hasOwn(known, "errors") && Object.hasOwn(known, "platform") ? `errors: ${errors}` : null;
}

/** What GitHub Actions says of a step. */
function entryOfStep(key: string, value: unknown): string | null {
  if (key === "continue-on-error" && value === true) return "failure_mode: ignore_failure";
  const isMinutes = key === "timeout-minutes" && typeof value === "number" && Number.isSafeInteger(value);
  return isMinutes && value > 0 ? `timeout: ${value}m` : null;
}

function retriesMeantBy(key: string, count: unknown): number | null {
  if (typeof count !== "number" || !Number.isSafeInteger(count)) return null;
  if (ATTEMPT_COUNTS.includes(key)) return count < 1 ? null : count - 1;
  return RETRY_COUNTS.includes(key) && count >= 0 ? count : null;
}
