import { KINDS_OF_KEY, STEP_KINDS } from "../model/step-kind.js";
import { key, record } from "./record.js";
import type { ValueOf } from "./schema.js";
import { text } from "./scalars.js";
import { COMMON_KEYS, LEAF_KEYS } from "./step-schema.js";
import { paramsSchema, workflowId } from "./workflow-schema.js";

const { name, retry, timeout, outputs, emit, failure_mode } = COMMON_KEYS;

/** `*.template.yaml`: inputs, and the body of one step under the keys of a step. */
export const templateSchema = record(
  "a template",
  {
    template: key(workflowId, "The template's id.", { required: true }),
    description: key(text("a description", { isOpaque: true }), "What the template is for."),
    inputs: key(paramsSchema, "What a step gives by `with`; the body uses them as `inputs.<name>`."),
    name,
    retry,
    timeout,
    outputs,
    emit,
    failure_mode,
    ...LEAF_KEYS,
  },
  {
    oneOf: STEP_KINDS.filter((kind) => Object.hasOwn(LEAF_KEYS, kind)),
    goesWith: Object.fromEntries([...KINDS_OF_KEY].filter(([key]) => Object.hasOwn(LEAF_KEYS, key))),
    asksFor: {},
  },
);

export type TemplateFields = ValueOf<typeof templateSchema>;
