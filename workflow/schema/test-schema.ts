import { RUN_TRIGGERS } from "../model/run-triggers.js";
import { ENDED_STEP_STATUSES } from "../model/step-statuses.js";
import { either, list, map, valueMap } from "./collections.js";
import { nameForm } from "./id-forms.js";
import { key, record } from "./record.js";
import type { ValueOf } from "./schema.js";
import { choice, duration, expression, instant, number, text, truth } from "./scalars.js";
import { signalName } from "./signal-name.js";

const runStates = ["succeeded", "failed", "timed_out", "canceled", "superseded"] as const;

/** One for each key that holds one: the reference describes them apart. */
const answerKeys = {
  by: key(text("a person"), "Who answers. Default: the first of `approvers`."),
  after: key(duration("a duration"), "How long nobody answers. Default: no time."),
  comment: key(text("a comment"), "What they say. Default: nothing."),
};

const outcomeSchema = record("an outcome", {
  where: key(
    expression("an expression"),
    "Only for iterations of which this is true; it may use `each` and `loop`.",
  ),
  fails: key(
    choice("a failure", ["error", "platform", "timeout"]),
    "The attempt fails in this way; without it, it succeeds.",
  ),
  final: key(
    truth("a truth value"),
    "With `true` an attempt that `fails: error` is not tried again, as when a script writes `retryable=false`.",
  ),
  outputs: key(valueMap("a map of outputs"), "The outputs of the attempt."),
  after: key(duration("a duration"), "How long the attempt runs. Default: no time."),
  cached: key(
    truth("a truth value"),
    "With `true` an earlier success with the step's cache key is reused; `outputs` are its outputs.",
  ),
  signals: key(
    list(
      "a list of signals",
      record("a signal", {
        after: key(duration("a duration"), "How long the step waits for it. Default: it is there."),
        never: key(truth("a truth value"), "With `true` it never comes."),
      }),
    ),
    "When the signals of `wait_for` come, in their order. Default: they are there.",
  ),
  approve: key(record("an answer", answerKeys), "An approval is approved. Default: at once."),
  reject: key(record("an answer", answerKeys), "An approval is rejected."),
  never: key(truth("a truth value"), "With `true` nobody answers an approval."),
});

const stepState = choice("a step's state", ENDED_STEP_STATUSES);

const expectedStepSchema = either("what a step becomes", {
  scalar: stepState,
  map: record("what a step becomes", {
    where: key(
      expression("an expression"),
      "Only in iterations of which this is true; it may use `each` and `loop`.",
    ),
    iterations: key(
      number("a count", { integer: true, min: 0, max: 100_000 }),
      "In exactly how many iterations it is so. Default: in all.",
    ),
    status: key(stepState, "The state in which the step must end."),
    attempts: key(
      number("a count", { integer: true, min: 0, max: 1_000_000 }),
      "How many attempts it must take.",
    ),
    outputs: key(valueMap("a map of outputs"), "Outputs that it must have."),
  }),
});

const testCaseSchema = record("a test", {
  params: key(valueMap("a map of params"), "The params of the run."),
  signal: key(
    valueMap("a map of the signal's params"),
    "What the signal carried that started the run; `run.trigger` is then `signal`.",
  ),
  signals: key(
    map("a map of joined signals", valueMap("a map of the signal's params"), nameForm("joined signal")),
    "What the signals carried that started the run together, by the names that `all` gives them; `run.trigger` is then `all`.",
  ),
  run: key(
    record("how a run begins", {
      trigger: key(
        choice("what starts a run", RUN_TRIGGERS),
        "What `run.trigger` is. Default: as the signals say, else `manual`.",
      ),
      environment: key(text("an environment"), "What `run.environment` is.", { default: "test" }),
      scheduled_at: key(instant("an instant"), "What `run.scheduled_at` is. Default: when the run begins."),
      attempt: key(
        number("a number", { integer: true, min: 1, max: 999 }),
        "What `run.attempt` is: 2 is a run that was restarted once, with all its steps.",
        { default: "1" },
      ),
    }),
    "How the run begins, as its expressions see it.",
  ),
  given: key(
    map(
      "a map of steps to outcomes",
      list("an outcome or a list of outcomes", outcomeSchema, { orOne: true }),
    ),
    "What the attempts of a step do, in order; the last one repeats. Where a step that runs a workflow is tried again, the attempts of its steps go on in their lists. A nested step is `load.copy`, one of another workflow that the step `report` runs is `report.extract`.",
  ),
  expect: key(
    record("what must come out", {
      run: key(choice("a run's state", runStates), "The state in which the run must end."),
      steps: key(
        map(
          "a map of steps to states",
          list("what a step becomes or a list of it", expectedStepSchema, { orOne: true }),
        ),
        "What steps must become. Within a loop it must be so in every iteration, unless `where` or `iterations` say otherwise.",
      ),
      takes: key(
        record("a span", {
          at_least: key(duration("a duration"), "The shortest time that the run may take."),
          at_most: key(duration("a duration"), "The longest time that the run may take."),
        }),
        "How long the run takes on the virtual clock.",
      ),
      late: key(
        truth("a truth value"),
        "Whether the run ends later than it should, by what `expect` of the workflow says. Of a run that does not end: whether it is late then.",
      ),
    }),
    "What must come out.",
  ),
  fires: key(
    record("a span of the schedule", {
      from: key(instant("an instant"), "From here, this instant included.", { required: true }),
      to: key(instant("an instant"), "To here, this instant excluded.", { required: true }),
      at: key(list("a list of instants", instant("an instant")), "Exactly when the schedules fire.", {
        required: true,
      }),
    }),
    "When the workflow's schedules fire.",
  ),
  starts: key(
    record("signals and what they start", {
      signals: key(
        list(
          "a list of signals",
          record("a signal", {
            signal: key(signalName, "Its name.", { required: true }),
            params: key(valueMap("a map of params"), "What it carries."),
            after: key(duration("a duration"), "How long after the one before it. Default: at once."),
          }),
          { orOne: true },
        ),
        "The signals that arrive, in their order.",
        { required: true },
      ),
      runs: key(
        list(
          "a list of runs",
          record("a run", {
            by: key(
              number("a number", { integer: true, min: 1, max: 1000 }),
              "Which of the signals starts it, counted from 1: of those that are joined the last.",
            ),
            params: key(valueMap("a map of params"), "Params that it must have, as computed by the trigger."),
          }),
        ),
        "Exactly the runs that must start, in their order; `[]` for none.",
        { required: true },
      ),
    }),
    "Which runs signals start, by the triggers `signal` and `all`, and with what params.",
  ),
});

/** `*.workflow.test.yaml` */
export const testFileSchema = record("a test file", {
  workflow: key(text("a workflow's id"), "The workflow that is tested.", { required: true }),
  tests: key(map("a map of tests", testCaseSchema), "The tests, by a sentence that says what they show.", {
    required: true,
  }),
});

export type TestFileFields = ValueOf<typeof testFileSchema>;
export type TestCaseFields = ValueOf<typeof testCaseSchema>;
export type OutcomeFields = ValueOf<typeof outcomeSchema>;
export type ExpectedStepFields = ValueOf<typeof expectedStepSchema>;
