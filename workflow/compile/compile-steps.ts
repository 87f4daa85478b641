import { itemsOf, valueOr } from "../schema/field-value.js";
import type { StepCommon, StepDefinition } from "../definition/definition.js";
import type { MapItem } from "../schema/collections.js";
import type { StepFields } from "../schema/step-schema.js";
import { compileValue } from "./compile-value.js";
import { expandTemplate } from "./expand-template.js";
import { leafStep, stepCommon } from "./leaf-step.js";
import type { StepSources } from "./step-sources.js";

/** The steps of one level. A step that is wrong becomes a `noop`, so that others may still refer to it. */
export function compileSteps(
  steps: readonly MapItem<StepFields>[],
  sources: StepSources,
): readonly StepDefinition[] {
  return steps.map(({ key, value }) => compileStep(key, value.value, sources));
}

function compileStep(id: string, fields: StepFields, sources: StepSources): StepDefinition {
  const template = fields.use === undefined ? null : sources.readTemplate(fields.use.value);
  if (template !== null) return expandTemplate({ id, fields, template, sources });
  const common = stepCommon(id, fields, sources.defaults);
  return fields.foreach === undefined
    ? leafStep(common, fields, sources)
    : foreachStep(common, fields, sources);
}

function foreachStep(common: StepCommon, fields: StepFields, sources: StepSources): StepDefinition {
  return {
    ...common,
    kind: "foreach",
    over: itemsOf(fields.foreach).map(({ key, value }) => ({
      variable: key,
      items: compileValue(value.node),
    })),
    maxParallel: valueOr(fields.max_parallel, null),
    onFailure: valueOr(fields.on_failure, "continue"),
    steps: compileSteps(itemsOf(fields.steps), sources),
  };
}
