import { entryOf, type MapEntry } from "../syntax/syntax-node.js";

/** What to do for a key of another system that has no counterpart of its own here: a sentence to follow the name of the place. */
export function adviceForEntry(what: string, { key, value }: MapEntry): string | null {
  if (what === "a trigger" && KINDS_OF_TRIGGERS.some((kind) => entryOf(value, kind) !== undefined))
    return "triggers have no names: write a list, - schedule: …";
  const habits = Object.hasOwn(HABITS, what) ? HABITS[what] : undefined;
  return habits !== undefined && Object.hasOwn(habits, key) ? (habits[key] ?? null) : null;
}

const KINDS_OF_TRIGGERS = ["schedule", "cron", "signal", "all", "workflow"] as const;

type Habits = Readonly<Record<string, string>>;

/** Several words for one thing. */
function each(words: string, advice: string): Habits {
  return Object.fromEntries(words.split(" ").map((word) => [word, advice]));
}

const OF_WORKFLOW: Habits = {
  ...each("name id dag_id", 'a workflow has its id alone, under "workflow"'),
  ...each("schedule cron schedule_interval", 'a schedule is one of the "triggers": - schedule: "0 6 * * *"'),
  ...each("timezone tz", 'it belongs to the trigger with the schedule; headwater.yaml has "defaults" for it'),
  ...each("starts start_date", 'it belongs to the trigger with the schedule, as "starts"'),
  ...each("ends end_date", 'it belongs to the trigger with the schedule, as "ends"'),
  ...each("missed catchup", 'it belongs to the trigger with the schedule, as "missed": none, latest or all'),
  ...each(
    "concurrency max_active_runs",
    'how many runs go at once "run_strategy" says, how many steps "max_parallel_steps"',
  ),
  ...each(
    "retry retries pool env image shell default_args defaults",
    'each step has its own; for all steps of the project headwater.yaml has "defaults": timezone, pool, timeout and retry',
  ),
  ...each("variables vars", "what several steps use is a param with a default"),
  ...each(
    "errors on_failure onFailure on_error",
    'what runs after a failure is a step with "require: any_failed"',
  ),
  ...each(
    "finally onExit on_exit",
    'what runs at the end in any case is a step with "require: all_finished"',
  ),
  ...each("sla deadline", 'by when a run should have ended "expect" says: expect: { within: 2h }'),
  ...each("apiVersion kind metadata namespace permissions", "leave it out, since nothing is said by it here"),
  spec: 'leave it out, and write "workflow" and "steps" at the top of the file',
  version: "leave it out: each change that is merged makes a version",
  secrets: "a secret stands in the env of the step that uses it: ${{ secrets.NAME }}",
  templates: "a template is a file of its own, NAME.template.yaml, which a step names by use",
  entrypoint: 'leave it out: steps that need no other one begin, and "needs" says what follows',
  ...each("enabled disabled paused", "a workflow is paused by headwater pause, not in its file"),
};

const OF_STEP: Habits = {
  params:
    'a script is given its values by "env", a query and a notebook by "params" of their own, a template and a workflow by "with"',
  ...each("id task_id", "leave it out: the key of a step is its id"),
  type: 'leave it out: the key says of what kind a step is, such as "run" or "sql"',
  ...each("strategy withSequence", 'what is done for several items is a "foreach" with "steps"'),
  ...each("python python_callable", 'write "run: python FILE"'),
  ...each(
    "sensor poke_interval wait_until",
    'a step waits for data by "wait_for" a signal, and for what another server does by "http" with "poll"',
  ),
  ...each(
    "branch branches switch cases else then",
    'each way is a step with its own "if", and the step behind them has "require: any_succeeded"',
  ),
  ...each("parallel", "steps that do not need each other run at once, without a word for it"),
  ...each("retry_delay retryDelay", 'the wait is "delay" within "retry"'),
  pool_slots: 'what there is little of is taken by "permits"',
  priority_weight: 'a priority is low, normal, high or critical: write "priority: high"',
  depends_on_past: 'of the workflow "run_strategy: strict_sequential" says so',
  ...each("sla deadline", 'by when a run should have ended "expect" of the workflow says'),
  ...each(
    "on_failure_callback on_success_callback on_retry_callback email_on_failure notify",
    'who is told "alerts" of the workflow says',
  ),
  owner: 'a workflow has an "owner", with all of its steps',
  ...each("disabled enabled skip", "remove the step: what is in the file is what runs"),
  secrets: "a secret is the value of a variable in env: ${{ secrets.NAME }}",
  ...each("volumes volumeMounts mounts artifacts", "steps share the folder that $HEADWATER_DATA names"),
};

const OF_TRIGGER: Habits = {
  ...each("id name type", "leave it out: a trigger is known by what it waits for"),
  ...each(
    "push pull_request merge release",
    "a merge deploys, and starts nothing. What comes from outside is a signal, by a webhook of headwater.yaml",
  ),
  ...each("workflow_dispatch manual", "leave it out: every workflow can be started by hand"),
  workflow_call: "leave it out: every workflow can be a step of another one",
  ...each(
    "dataset datasets asset assets",
    "that there is new data a signal says, which a step has under emit",
  ),
};

const OF_TEMPLATE: Habits = {
  ...each(
    "needs require if permits priority wait_for labels cache foreach while steps with",
    "it belongs to the step that uses the template",
  ),
  ...each("params parameters", 'what a template is given are its "inputs"'),
  use: "a template uses no other one",
};

const OF_PARAM: Habits = {
  required: 'leave it out: a param without "default" must be given',
  ...each("name id", "leave it out: the key of a param is its name"),
};

const OF_RETRY: Habits = {
  ...each("factor multiplier", 'leave it out: with "backoff: exponential" each wait is twice the one before'),
};

const OF_REQUEST: Habits = {
  ...each("params query", "write them into the url, behind a ?"),
  ...each(
    "auth authorization token",
    "what a server is to know you by stands in a header, which may be one secret",
  ),
};

const OF_OUTCOME: Habits = {
  ...each("status state", 'an attempt succeeds, or has "fails": error, platform or timeout'),
};

const HABITS: Readonly<Record<string, Habits>> = {
  "a workflow": OF_WORKFLOW,
  "a step": OF_STEP,
  "a trigger": OF_TRIGGER,
  "a template": OF_TEMPLATE,
  "a param": OF_PARAM,
  "a retry policy": OF_RETRY,
  "an HTTP request": OF_REQUEST,
  "an outcome": OF_OUTCOME,
};
