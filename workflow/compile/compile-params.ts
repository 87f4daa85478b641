import type { ParamDefinition } from "../definition/definition.js";
import type { MapItem } from "../schema/collections.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import { compileValue, jsonOf } from "./compile-value.js";

/** Params of a workflow or inputs of a template, in file order; one without a type is taken as any JSON. */
export function compileParamDefinitions(params: readonly MapItem<ParamFields>[]): readonly ParamDefinition[] {
  return params.map(({ key, value: { value } }) => ({
    name: key,
    type: value.type?.value ?? { name: "json" },
    ...(value.default === undefined ? {} : { default: compileValue(value.default.node) }),
    ...(value.options === undefined ? {} : { options: value.options.value.map(({ node }) => jsonOf(node)) }),
    ...(value.min === undefined ? {} : { min: value.min.value }),
    ...(value.max === undefined ? {} : { max: value.max.value }),
    ...(value.description === undefined ? {} : { description: value.description.value }),
  }));
}
