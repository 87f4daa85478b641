import { alertSchema } from "./alert-schema.js";
import { anyValue, asKeys, list, map } from "./collections.js";
import { mendedWorkflowId, nameForm, WORKFLOW_ID_FORM, WORKFLOW_ID_PATTERN } from "./id-forms.js";
import { key, record } from "./record.js";
import { describeNode, type SyntaxNode } from "../syntax/syntax-node.js";
import { advised, type Schema, type ValueOf } from "./schema.js";
import { ownerName } from "./owner-name.js";
import { choice, duration, number, positiveDuration, text } from "./scalars.js";
import { inferType } from "../types/infer-type.js";
import { parseValueType } from "../types/value-type.js";
import { valueType } from "./type-name.js";
import { priorityChoices, stepsSchema } from "./step-schema.js";
import { runStrategySchema, triggersSchema } from "./trigger-schema.js";

const idText = text("a workflow's id", {
  pattern: WORKFLOW_ID_PATTERN,
  form: WORKFLOW_ID_FORM,
  code: "invalid-id",
  mended: mendedWorkflowId,
  examples: ["daily-revenue"],
});

/** `workflow: true` has the form of an id, but who writes it means a switch. */
export const workflowId: Schema<string> = {
  shape: idText.shape.kind === "text" ? { ...idText.shape, isTextOnly: true } : idText.shape,
  read: (node, report) => {
    if (node.kind !== "scalar" || typeof node.value !== "boolean") return idText.read(node, report);
    const message = `Expected a workflow's id, found ${describeNode(node)}`;
    report({ code: "wrong-type", message, range: node.range });
    return null;
  },
};

const paramSchema = record("a param", {
  type: key(
    valueType,
    "The type of the values: string, int, double, bool, date, timestamp, duration, json, list<…>, map<…>.",
    {
      required: true,
    },
  ),
  default: key(
    anyValue,
    "The value of a run that gives none; expressions may use `run` and the params above.",
  ),
  options: key(list("a list of values", anyValue), "The only values allowed."),
  min: key(number("a number"), "The smallest value of an int or a double."),
  max: key(number("a number"), "The largest value of an int or a double."),
  description: key(text("a description", { isOpaque: true }), "What a form shows beside the field."),
});

export type ParamFields = ValueOf<typeof paramSchema>;

/** Params of a workflow, and inputs of a template. */
export const paramsSchema = advised(
  map(
    "a map of params",
    advised(paramSchema, (node) => (node.kind === "map" ? null : typeMeant(node))),
    nameForm("param"),
  ),
  asKeys,
);

/** A type alone, or a value alone. */
function typeMeant(node: SyntaxNode): string {
  if (node.kind !== "scalar") return "Write { type: list<string>, default: […] }";
  if (parseValueType(node.text) !== null) return `Write { type: ${node.text} }`;
  const type = typeof node.value === "string" ? "string" : inferType(node.value).name;
  return `Write { type: ${type}, default: ${node.text.slice(0, 40)} }`;
}

const outputSchema = record("an output", {
  type: key(valueType, "The type of the value.", { required: true }),
  value: key(anyValue, "An expression over `params` and `steps`, asked when the run has succeeded.", {
    required: true,
  }),
  description: key(text("a description", { isOpaque: true }), "What the output is."),
});

export type WorkflowOutputFields = ValueOf<typeof outputSchema>;

/** What a workflow gives to a workflow that uses it as a step. */
export const workflowOutputsSchema = map("a map of outputs", outputSchema, nameForm("output"));

const expectSchema = record("an expectation", {
  complete_by: key(
    text("a time of day", { pattern: /^([01]\d|2[0-3]):[0-5]\d$/, form: 'write "08:00"' }),
    "The time of day by which a run should have ended: the next one after the time for which it is scheduled, in the time zone of the workflow's first schedule, or of the project.",
  ),
  within: key(
    duration("a duration"),
    "How long a run should take since it was created, its time in the queue included.",
  ),
});

/** `*.workflow.yaml` */
export const workflowSchema = record("a workflow", {
  workflow: key(workflowId, "The workflow's id, unique in the project.", { required: true }),
  description: key(text("a description", { isOpaque: true }), "What the workflow is for."),
  owner: key(ownerName, "Who shares capacity and who is told. Default: the project's owner."),
  labels: key(map("a map of labels", text("a label")), "Free words for filters and reports."),
  triggers: key(triggersSchema, "Any of these starts a run."),
  params: key(paramsSchema, "The values that a run is started with."),
  outputs: key(
    workflowOutputsSchema,
    "What a run gives: the outputs of the step by which another workflow uses this one.",
  ),
  run_strategy: key(runStrategySchema, "How runs of this workflow relate to each other.", {
    default: "sequential",
  }),
  priority: key(choice("a priority", priorityChoices), "The place inside the owner's own share.", {
    default: "normal",
  }),
  max_parallel_steps: key(
    number("a count", { integer: true, min: 1, max: 1_000_000 }),
    "Leaf jobs at once in one whole run, its nested runs included.",
  ),
  timeout: key(positiveDuration("a timeout"), "How long a run may take."),
  failure_mode: key(
    choice("a failure mode", ["fail_after_running", "fail_immediately"]),
    "What a failed step does to the steps that do not need it: `fail_immediately` cancels all but those with `require: any_failed` or `all_finished`.",
    { default: "fail_after_running" },
  ),
  expect: key(
    expectSchema,
    "By when a run should have ended; the earlier of both counts. A run that misses it is told to be late, and goes on.",
  ),
  alerts: key(
    list("a list of alerts", alertSchema, { orOne: true }),
    "Who is told when something happens; see the [guide](../guide/alerts.md). A change of it holds at once.",
  ),
  steps: key(stepsSchema, "The steps, by id; `needs` says their order.", { required: true }),
});

export type WorkflowFields = ValueOf<typeof workflowSchema>;
