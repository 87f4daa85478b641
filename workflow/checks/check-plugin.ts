import type { ParamDefinition } from "../definition/definition.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { missingParams, unknownParams, wrongParams } from "./given-params.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** A plug-in is one that `headwater.yaml` names, and its inputs are met. A template's is told where the template is used. */
export function checkPlugin(
  { fields, template }: StepNode,
  { defaults: { plugins }, library, report }: PluginCheck,
): void {
  if (fields.plugin !== undefined) checkUse(fields.plugin, plugins, { library, report });
  const { use } = fields;
  const inTemplate = template?.fields.plugin;
  if (use === undefined || inTemplate === undefined) return;
  // At its own file nobody knows for which project it is.
  checkUse(inTemplate, plugins, {
    library,
    report: ({ code, message }) => report({ code, message, range: use.range }),
  });
}

type PluginCheck = Pick<WorkflowCheck, "defaults" | "library" | "report">;
type Plugins = PluginCheck["defaults"]["plugins"];

function checkUse(
  plugin: NonNullable<StepFields["plugin"]>,
  plugins: Plugins,
  check: Pick<PluginCheck, "library" | "report">,
): void {
  const { kind } = plugin.value;
  if (kind === undefined) return;
  const inputs = Object.hasOwn(plugins, kind.value) ? plugins[kind.value] : undefined;
  if (inputs !== undefined) return checkInputs(plugin, inputs, check);
  const near = suggestion(kind.value, Object.keys(plugins));
  const { nearest } = near.data;
  const advice = nearest === undefined ? ': name it in "plugins" of headwater.yaml' : near.text;
  const message = `The project has no plug-in "${kind.value}"${advice}`;
  const mend = nearest === undefined ? {} : writeInstead(nearest, kind.range);
  check.report({ code: "unknown-plugin", message, range: kind.range, ...mend });
}

function checkInputs(
  { value: { with: given }, keyRange }: NonNullable<StepFields["plugin"]>,
  inputs: readonly ParamDefinition[],
  { library, report }: Pick<PluginCheck, "library" | "report">,
): void {
  const values = itemsOf(given);
  const missing = missingParams(inputs, values);
  if (missing !== null) {
    const message = `The plug-in needs ${missing} in "with"`;
    report({ code: "plugin-input", message, range: given?.keyRange ?? keyRange });
  }
  for (const { name, range, near } of unknownParams(inputs, values)) {
    const message = `The plug-in has no input "${name}"${near.text}`;
    report({ code: "plugin-input", message, range, data: near.data });
  }
  for (const { name, range, problem } of wrongParams(inputs, values, library)) {
    report({ code: "plugin-input", message: `Input "${name}" ${problem}`, range });
  }
}
