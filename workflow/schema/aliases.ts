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

/** The entry that someone means whose key and value are both written otherwise here; null when there is none. */
export function entryMeantBy(
  { key, value }: MapEntry,
  known: Readonly<Record<string, unknown>>,
): string | null {
  if (!RETRY_COUNTS.includes(key) || !Object.hasOwn(known, "retry")) return null;
  const count = value.kind === "scalar" ? value.value : null;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0
    ? `retry: { errors: ${count} }`
    : null;
}
