import type { ParamDefinition } from "../definition/definition.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { Report } from "../diagnostics/report.js";
import type { StepNode } from "../model/step-tree.js";
import type { ProjectDefaults } from "../project/project-defaults.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import { missingParams, unknownParams, wrongParams } from "./given-params.js";

type Plugins = ProjectDefaults["plugins"];

/** A plug-in is one that `headwater.yaml` names, and its inputs are met. A template's is told where the template is used. */
export function checkPlugin(
  { fields, template }: StepNode,
  { plugins }: ProjectDefaults,
  report: Report,
): void {
  if (fields.plugin !== undefined) checkUse(fields.plugin, plugins, report);
  const { use } = fields;
  const inTemplate = template?.fields.plugin;
  if (use === undefined || inTemplate === undefined) return;
  // At its own file nobody knows for which project it is.
  checkUse(inTemplate, plugins, ({ code, message }) => report({ code, message, range: use.range }));
}

function checkUse(plugin: NonNullable<StepFields["plugin"]>, plugins: Plugins, report: Report): void {
  const { kind } = plugin.value;
  if (kind === undefined) return;
  const inputs = Object.hasOwn(plugins, kind.value) ? plugins[kind.value] : undefined;
  if (inputs !== undefined) return checkInputs(plugin, inputs, report);
  const near = suggestion(kind.value, Object.keys(plugins));
  const { nearest } = near.data;
  const advice = nearest === undefined ? ': name it in "plugins" of headwater.yaml' : near.text;
  const message = `The project has no plug-in "${kind.value}"${advice}`;
  const mend = nearest === undefined ? {} : writeInstead(nearest, kind.range);
  report({ code: "unknown-plugin", message, range: kind.range, ...mend });
}

function checkInputs(
  { value: { with: given }, keyRange }: NonNullable<StepFields["plugin"]>,
  inputs: readonly ParamDefinition[],
  report: Report,
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
  for (const { name, range, problem } of wrongParams(inputs, values)) {
    report({ code: "plugin-input", message: `Input "${name}" ${problem}`, range });
  }
}
