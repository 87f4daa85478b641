/** What the names are that every expression may use, for whoever asks an editor: by path, `*` for what authors name. */
const DOCS: Readonly<Record<string, string>> = {
  params: "The params of the run.",
  steps: "The steps that are seen from here. Use what this one needs, itself or by others.",
  "steps.*.outputs": "What the step has given. A step that has not succeeded has none.",
  "steps.*.status": 'What has become of the step: `"succeeded"`, `"failed"`, `"skipped"` and so on.',
  "steps.*.attempt": "The number of the last attempt, from 1.",
  "steps.*.started_at": "When the step started.",
  "steps.*.ended_at": "When the step ended.",
  each: "The item of this iteration, by variable.",
  "each.index": "The number of this iteration, from 0.",
  loop: "The variables of the loops around, as they are in this iteration.",
  run: "This run.",
  "run.id": "The id of the run.",
  "run.number": "The number of the run among those of its workflow, from 1.",
  "run.scheduled_at": "The slot of the schedule for which it runs; of any other run, when it was created.",
  "run.created_at": "When the run was created.",
  "run.started_at": "When the run started. There is no `now()`: this is it.",
  "run.trigger": 'What started the run: `"schedule"`, `"signal"`, `"manual"` and so on.',
  "run.attempt": "How often the run has been started, from 1.",
  "run.commit": "The commit that the run is pinned to.",
  "run.environment": "The environment in which it runs.",
  "run.url": "The address of the run's page.",
  workflow: "This workflow.",
  "workflow.id": "The id of the workflow.",
  "workflow.version": "The number of the version that the run is pinned to.",
  "workflow.owner": "The owner of the workflow.",
  signal: "What the signal carried that started the run.",
  signals: "What each of the joined signals carried, by its name.",
  inputs: "What the step that uses this template gives under `with`.",
  secrets: "A secret, by itself: only as the value of a variable in `env` or of a header.",
  response: "The answer to the last request.",
  "response.status": "The status of the answer, such as 200.",
  "response.headers": "The headers of the answer, by their names in lower case.",
  "response.body": "The body of the answer: what its JSON is, else text.",
};

/** What the name is to which a path leads; null for one that authors give. */
export function scopeDoc(path: readonly string[]): string | null {
  const [root, ...rest] = path;
  const key = root === "steps" && rest.length > 1 ? ["steps", "*", ...rest.slice(1)] : path;
  const name = key.join(".");
  return Object.hasOwn(DOCS, name) ? (DOCS[name] ?? null) : null;
}
