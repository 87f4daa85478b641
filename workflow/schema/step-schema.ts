import { anyValue, asKeys, either, list, map, valueMap, type MapItem } from "./collections.js";
import { nameForm } from "./id-forms.js";
import { key, record, type Field, type Key, type Keys, type RecordValue } from "./record.js";
import {
  advised,
  lazy,
  narrowed,
  neverEmpty,
  withPattern,
  written,
  type Schema,
  type Shape,
} from "./schema.js";
import { KINDS_OF_KEY, STEP_KINDS } from "../model/step-kind.js";
import { parseCpus } from "../types/quantity.js";
import {
  choice,
  duration,
  expression,
  number,
  parsed,
  positiveDuration,
  text,
  textOrNumber,
  truth,
} from "./scalars.js";
import { valueType } from "./type-name.js";
import { permitName, poolName } from "./capacity-names.js";
import { httpSchema } from "./http-schema.js";
import { memorySize } from "./memory-size.js";
import { matchSchema } from "./match-schema.js";
import { signalName } from "./signal-name.js";
import { variableName } from "./variable-name.js";

const countFrom0 = number("a count", { integer: true, min: 0, max: 1_000_000 });
const countFrom1 = number("a count", { integer: true, min: 1, max: 1_000_000 });
const outputTypes = map("a map of outputs to their types", valueType, nameForm("output"));
const signalParams = valueMap("a map of the signal's params");

export const priorityChoices = ["low", "normal", "high", "critical"] as const;

export const retrySchema = record("a retry policy", {
  errors: key(countFrom0, "Retries after a failure of the step itself, such as an exit code.", {
    default: 0,
  }),
  platform: key(countFrom0, "Retries after a failure that is not the step's, such as a lost worker.", {
    default: 10,
  }),
  timeouts: key(countFrom0, "Retries after a timeout.", { default: 0 }),
  delay: key(duration("a delay"), "The wait before the first retry.", { default: "30s" }),
  backoff: key(
    choice("a backoff", ["fixed", "exponential"]),
    "How the wait grows: `exponential`, the default, doubles it.",
  ),
  max_delay: key(duration("a delay"), "The longest wait.", { default: "10m" }),
});

const emitSchema = record("a signal to emit", {
  signal: key(signalName, "The signal that is sent when the step has succeeded.", {
    required: true,
  }),
  params: key(signalParams, "What the signal carries."),
});

const waitForSchema = record("a gate", {
  signal: key(signalName, "The signal to wait for.", { required: true }),
  match: key(
    matchSchema("a map of the signal's params"),
    "What the signal's params must be: a value, or `{ gte: 6 }` with eq, ne, gt, gte, lt, lte, in. Values may be expressions.",
  ),
  lookback: key(
    duration("a duration"),
    "How far back in history a signal counts. Default: only signals that come while the step waits.",
  ),
  timeout: key(positiveDuration("a timeout"), "How long to wait; then the step fails. Default: for ever."),
});

const sqlSchema = record(
  "a query",
  {
    connection: key(
      text("a connection's name"),
      "`duckdb`, which is always there, or one that the service knows.",
      { required: true },
    ),
    query: key(
      withPattern(text("a query", { isOpaque: true }), /\S/),
      "The SQL. Values come in through `params`, never through expressions.",
    ),
    file: key(
      text("a path"),
      "A file with the SQL: from the repository's root, or from this file's folder with `./`.",
    ),
    params: key(valueMap("a map of params"), "Bound as `$name`, never spliced into the text."),
  },
  { oneOf: ["query", "file"], goesWith: {}, asksFor: {} },
);

const sleepSchema = either("a sleep", {
  scalar: withPattern(text("a sleep", { expressions: true }), /^\d|\$\{\{/),
  map: record("a sleep", {
    until: key(anyValue, "The instant to wait for: a timestamp, or an expression that gives one.", {
      required: true,
    }),
  }),
});

const notebookSchema = either("a notebook", {
  scalar: text("a path"),
  map: record("a notebook", {
    file: key(text("a path"), "The notebook's file.", { required: true }),
    params: key(valueMap("a map of params"), "The notebook's parameters."),
  }),
});

const pluginSchema = record("a plug-in", {
  kind: key(text("a plug-in's name"), "One that `headwater.yaml` names under `plugins`.", { required: true }),
  with: key(valueMap("a map of inputs"), "Values for its inputs; a value may be one secret."),
});

/** Keys that every kind of step takes. */
export const COMMON_KEYS = {
  name: key(text("a name"), "What people see instead of the id."),
  description: key(text("a description", { isOpaque: true }), "What the step is for."),
  needs: key(
    list("a list of steps", text("a step's id"), { orOne: true }),
    "Steps of the same level that must have ended first.",
  ),
  require: key(
    choice("a join", ["all_succeeded", "any_succeeded", "any_failed", "all_finished"]),
    "What must have become of the needed steps.",
    { default: "all_succeeded" },
  ),
  if: key(expression("an expression"), "The step is skipped when this is false; braces may be left out."),
  retry: key(written(retrySchema, "errors"), "How often each class of failure is tried again."),
  timeout: key(positiveDuration("a timeout"), "For one attempt, from its start; waiting is free."),
  outputs: key(outputTypes, "The outputs that the step gives, with their types."),
  permits: key(
    list("a list of permits", permitName, { orOne: true }),
    "Limited resources that the step holds while it runs: one of each, all at once. Those of a step with steps of its own, or of a subworkflow that it waits for, are held by each job within. Limits are set in the service.",
  ),
  priority: key(
    choice("a priority", priorityChoices),
    "The step's place inside its owner's share. Default: that of the step around it, else the workflow's.",
  ),
  wait_for: key(
    list("a list of gates", written(waitForSchema, "signal"), { orOne: true }),
    "Signals to wait for before the step starts: all of them.",
  ),
  emit: key(
    list("a list of signals", written(emitSchema, "signal"), { orOne: true }),
    "Signals to send when the step has succeeded.",
  ),
  labels: key(
    map("a map of labels", text("a label")),
    "Free words, shown with the step wherever a run is looked at.",
  ),
  failure_mode: key(
    choice("a failure mode", ["ignore_failure"]),
    "With `ignore_failure` the run may still succeed.",
  ),
  cache: key(
    record("a cache", {
      key: key(
        text("a text with expressions", { expressions: true }),
        "Steps with the same key are done once.",
        { required: true },
      ),
      ttl: key(duration("a duration"), "How long an earlier success counts."),
    }),
    "Skip when the same key already succeeded in this step of this workflow; its outputs are reused.",
  ),
} satisfies Keys;

/** Keys that belong to kinds without steps of their own, which a template may therefore hold too. */
export const LEAF_KEYS = {
  run: key(
    withPattern(text("a script", { isOpaque: true }), /\S/),
    "A shell script, run in the repository's tree at the deployed commit.",
  ),
  shell: key(choice("a shell", ["sh", "bash"]), "Which shell runs the script.", { default: "sh" }),
  env: key(
    valueMap("a map of variables", variableName),
    "Environment of the script; a value may be one secret.",
  ),
  working_directory: key(text("a path"), "Where the script runs, from the repository's root."),
  image: key(
    text("the name of a container image", {
      pattern: /^(?!.*\$\{\{)\S+$/,
      form: "write one such as python:3.12-slim",
      examples: ["python:3.12-slim"],
    }),
    "Run in a container of this image, by Podman or Docker. The working copy, `$HEADWATER_DATA` and the output file are at the same places there; the variables are only those of `env` and of Headwater.",
  ),
  resources: key(
    record("resources", {
      cpu: key(
        narrowed(
          parsed("a number of processors", parseCpus, {
            form: "a number such as 2 or 0.5, or 500m",
            pattern: /^(?=.*[1-9])\d{1,6}(?:\.\d{1,3})?m?$/,
            examples: ["2", "0.5", "500m"],
          }),
          (shape) => textOrNumber(shape, { min: 0.001, max: 999_999.999 }),
        ),
        "Processors.",
      ),
      memory: key(memorySize, "Memory."),
      gpu: key(number("a count", { integer: true, min: 0, max: 64 }), "Graphics processors."),
    }),
    "What the step may use of its worker. Containers are held to it. A step without an image is held to its memory on Linux, and to its processors where the service may make control groups; of the rest its log says that nothing holds it.",
  ),
  pool: key(poolName, "The workers that may execute the step. Default: the project's, else `default`."),
  sql: key(
    written(sqlSchema, "connection: duckdb, query"),
    "A query on a named connection; its first row is the output where outputs are declared.",
  ),
  http: key(written(httpSchema, "url"), "An HTTP request."),
  notebook: key(notebookSchema, "A notebook with parameters, through papermill."),
  plugin: key(pluginSchema, "A kind of step that the service has beside those of the language."),
  sleep: key(sleepSchema, "A duration such as `10m`, or `{ until: … }` with a timestamp."),
  noop: key(anyValue, "Does nothing: for joins and tests."),
} satisfies Keys;

const NESTING_KEYS = {
  workflow: key(text("a workflow's id"), "Another workflow of the project as a step, at the same commit."),
  wait: key(truth("a truth value"), "Whether the step lasts as long as the other workflow's run.", {
    default: true,
  }),
  foreach: key(
    advised(
      narrowed(map("a map of loop variables to lists", anyValue, nameForm("loop variable")), butNotIndex),
      (node) =>
        node.kind === "map"
          ? null
          : "Give the items a name: { item: [1, 2] }, which is each.item in the steps",
    ),
    "An iteration of `steps` per item; several variables are the cartesian product.",
  ),
  max_parallel: key(countFrom1, "Iterations at once."),
  on_failure: key(
    choice("a reaction", ["continue", "stop_new", "stop_all"]),
    "What a failed iteration does to the others.",
    { default: "continue" },
  ),
  while: key(expression("an expression"), "Repeats `steps` while this is true; asked before each iteration."),
  vars: key(
    map("a map of loop variables", anyValue, nameForm("loop variable")),
    "The loop's variables, as `loop.<name>`, with their values before the first iteration.",
  ),
  next: key(
    map("a map of loop variables", anyValue, nameForm("loop variable")),
    "Their values after an iteration, which may use `loop` and the steps of that iteration. One without keeps its value.",
  ),
  max_iterations: key(countFrom1, "Iterations at most; a loop that would go on fails.", { default: 1000 }),
  use: key(
    text("a path"),
    "A template: its path from the repository's root, or from this file's folder with `./`.",
  ),
  with: key(valueMap("a map of inputs"), "Values for the inputs of the template or of the subworkflow."),
  approval: key(
    written(
      record("an approval", {
        approvers: key(
          neverEmpty(list("a list of approvers", text("an approver"), { orOne: true })),
          "Who may approve: one of them will do.",
          { required: true },
        ),
        prompt: key(text("a text with expressions", { expressions: true }), "What the approver reads."),
        timeout: key(positiveDuration("a timeout"), "How long to wait. Default: for ever."),
        on_timeout: key(
          choice("an answer", ["fail", "approve", "reject"]),
          "What happens when nobody answers: the step fails, or is taken as approved or rejected.",
          { default: "fail" },
        ),
      }),
      "approvers",
    ),
    "Waits for a person. Its outputs are `approved_by` and `comment`, both strings.",
  ),
} satisfies Keys;

/** `each.index` is the number of the iteration. */
function butNotIndex(shape: Shape): Shape {
  return shape.kind === "map" ? { ...shape, keys: `^(?!index$)${(shape.keys ?? "").slice(1)}` } : shape;
}

const FLAT_KEYS = { ...COMMON_KEYS, ...LEAF_KEYS, ...NESTING_KEYS };

/** A step as written: whatever keys it has; which of them fit together is checked later. */
export interface StepFields extends RecordValue<typeof FLAT_KEYS> {
  readonly steps?: Field<readonly MapItem<StepFields>[]>;
}

/** The steps of one level, in file order. */
export const stepsSchema: Schema<readonly MapItem<StepFields>[]> = advised(
  neverEmpty(
    map(
      "a map of step ids to steps",
      lazy("step", () => stepSchema),
      nameForm("step"),
    ),
  ),
  asKeys,
);

const stepKeys: typeof FLAT_KEYS & { readonly steps: Key<readonly MapItem<StepFields>[]> } = {
  ...FLAT_KEYS,
  steps: key(stepsSchema, "The steps of one iteration."),
};

/** One step. */
export const stepSchema: Schema<StepFields> = record("a step", stepKeys, {
  oneOf: STEP_KINDS,
  goesWith: Object.fromEntries(KINDS_OF_KEY),
  asksFor: { foreach: ["steps"], while: ["steps"] },
});
