import type { MapEntry } from "../syntax/syntax-node.js";

/** Words that other systems have for keys of ours, and older spellings; the first that the place knows counts. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  depends_on: ["needs"],
  dependsOn: ["needs"],
  dependencies: ["needs"],
  upstream: ["needs"],
  after: ["needs"],
  runAfter: ["needs"],
  run_after: ["needs"],
  when: ["if"],
  condition: ["if"],
  runIf: ["if"],
  trigger_rule: ["require"],
  script: ["run"],
  command: ["run"],
  commands: ["run"],
  bash_command: ["run"],
  cmd: ["run"],
  bash: ["run"],
  cron: ["schedule"],
  schedule_interval: ["schedule"],
  start_date: ["starts"],
  end_date: ["ends"],
  event: ["signal"],
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
  concurrency: ["max_parallel"],
  "max-parallel": ["max_parallel"],
  max_active_tasks: ["max_parallel_steps"],
  "runs-on": ["pool"],
  queue: ["pool"],
  execution_timeout: ["timeout"],
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
  interval: ["delay", "every"],
  initial_interval: ["delay"],
  retry_delay: ["delay"],
  max_interval: ["max_delay"],
  maxInterval: ["max_delay"],
  max_retry_delay: ["max_delay"],
  type: ["backoff", "rule"],
  enum: ["options"],
  choices: ["options"],
  allowed: ["options"],
  defaults: ["default"],
  value: ["default"],
  minimum: ["min"],
  maximum: ["max"],
  max: ["limit"],
  json: ["body"],
  data: ["body"],
  payload: ["body"],
  message: ["prompt"],
  reviewers: ["approvers"],
  do: ["steps"],
  params: ["with"],
  state: ["status"],
};

/** The same of words that mean something else elsewhere. */
const ALIASES_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "the project's settings": { name: "project", id: "project" },
  "what must come out": { status: "run", state: "run" },
  "a workflow": {
    name: "workflow",
    id: "workflow",
    dag_id: "workflow",
    on_failure_callback: "alerts",
    on_success_callback: "alerts",
    notifications: "alerts",
    email_on_failure: "alerts",
  },
};

/** The key that someone means who writes a word of another system; null when it is none, or has no place here. */
export function keyMeantBy(
  word: string,
  what: string,
  known: Readonly<Record<string, unknown>>,
): string | null {
  const here = ALIASES_IN[what];
  if (here !== undefined && Object.hasOwn(here, word)) return here[word] ?? null;
  const meant = Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined;
  return meant?.find((key) => Object.hasOwn(known, key)) ?? null;
}

/** Numbers of retries, as other systems have them: here each class of failure has its own. */
const RETRY_COUNTS: ReadonlySet<string> = new Set(
  "retries max_retries maxRetries retry_count retry_limit limit".split(" "),
);

/** Numbers of attempts, of which the first is no retry. */
const ATTEMPT_COUNTS: ReadonlySet<string> = new Set(
  "max_attempts maxAttempts attempts maxAttempt max_attempt".split(" "),
);

/** Words for a step that may fail. */
const MAY_FAIL: ReadonlySet<string> = new Set(
  "continue-on-error allowFailure allow_failure ignore_errors ignore_failure continueOnFail".split(" "),
);

/** Words for a time in seconds that a step may take. */
const SECONDS: ReadonlySet<string> = new Set(
  "activeDeadlineSeconds timeoutSeconds timeout_seconds timeout_in_seconds".split(" "),
);

const SCHEDULES: ReadonlySet<string> = new Set(["schedule", "cron", "schedule_interval"]);

/** The entry that someone means whose key and value are both written otherwise here; null when there is none, or it has no place. */
export function entryMeantBy({ key, value }: MapEntry, possible: readonly string[]): string | null {
  const written = value.kind === "scalar" ? value.value : null;
  const meant = entryOf(key, written, possible.includes("errors") && possible.includes("platform"));
  return meant !== null && possible.includes(meant.key) ? `${meant.key}: ${meant.value}` : null;
}

interface Entry {
  readonly key: string;
  readonly value: string;
}

function entryOf(key: string, value: unknown, isRetry: boolean): Entry | null {
  if (MAY_FAIL.has(key)) return value === true ? { key: "failure_mode", value: "ignore_failure" } : null;
  if (SCHEDULES.has(key) && typeof value === "string")
    return { key: "triggers", value: `{ schedule: ${JSON.stringify(value)} }` };
  return typeof value === "number" && Number.isSafeInteger(value) ? entryOfCount(key, value, isRetry) : null;
}

function entryOfCount(key: string, count: number, isRetry: boolean): Entry | null {
  const retries = ATTEMPT_COUNTS.has(key) ? count - 1 : RETRY_COUNTS.has(key) ? count : null;
  if (retries !== null) return retries < 0 ? null : entryOfRetries(retries, isRetry);
  if (count < 1) return null;
  if (key === "timeout-minutes") return { key: "timeout", value: `${count}m` };
  if (SECONDS.has(key)) return { key: "timeout", value: `${count}s` };
  if (key !== "max_active_runs") return null;
  return { key: "run_strategy", value: count === 1 ? "sequential" : `{ rule: parallel, limit: ${count} }` };
}

function entryOfRetries(retries: number, isRetry: boolean): Entry {
  return isRetry
    ? { key: "errors", value: String(retries) }
    : { key: "retry", value: `{ errors: ${retries} }` };
}
