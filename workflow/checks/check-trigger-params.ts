import type { ParamDefinition } from "../definition/definition.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import { itemsOf } from "../schema/field-value.js";
import type { Located } from "../schema/schema.js";
import { TRIGGER_KINDS, type TriggerFields } from "../schema/trigger-schema.js";
import { missingParams, unknownParams, wrongParams } from "./given-params.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A trigger gives its runs every param that has no default, none that there is not, and each a value that it takes. */
export function checkTriggerParams(
  trigger: Located<TriggerFields>,
  params: readonly ParamDefinition[],
  { report, library }: Pick<WorkflowCheck, "report" | "library">,
): void {
  const given = itemsOf(trigger.value.params);
  for (const { name, range, near } of unknownParams(params, given)) {
    const message = `The workflow has no param "${name}"${near.text}`;
    report({ code: "unknown-param", message, range, data: near.data });
  }
  const missing = missingParams(params, given);
  if (missing !== null) {
    const message = `This trigger cannot start a run: give ${missing} in its "params", or a default`;
    report({ code: "trigger-param", message, range: placeOf(trigger) });
  }
  for (const { name, problem, range } of wrongParams(params, given, library)) {
    report({ code: "trigger-param", message: `Param "${name}" ${problem}`, range });
  }
}

/** Where a trigger's params stand, or the key that says what it waits for. */
function placeOf({ value, range }: Located<TriggerFields>): TextRange {
  const kind = TRIGGER_KINDS.find((candidate) => value[candidate] !== undefined);
  return value.params?.keyRange ?? (kind === undefined ? undefined : value[kind]?.keyRange) ?? range;
}
