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
