import type { OutputDefinition, ParamDefinition } from "../definition/definition.js";
import type { ProjectDefaults } from "../project/project-defaults.js";
import type { StepFields } from "../schema/step-schema.js";
import type { ValueType } from "../types/value-type.js";
import type { Template } from "./template.js";

/** What a step that runs another workflow needs to know of it. */
export interface WorkflowInterface {
  readonly params: readonly ParamDefinition[];
  readonly outputs: readonly OutputDefinition[];
}

/** What compiling a step needs from outside of its own lines. */
export interface StepSources {
  readonly defaults: ProjectDefaults;
  /** The file in which the step stands. */
  readonly file: string;
  /** The path in the repository of a file that another one names; null when it leads out of the repository. */
  readonly pathOf: (named: string, fromFile: string) => string | null;
  /** The text of a file that another one names; null when there is none, which a check reports. */
  readonly readText: (named: string, fromFile: string) => string | null;
  /** The SHA-256 of a file that another one names, as hex; null when there is none. */
  readonly hashOf: (named: string, fromFile: string) => string | null;
  /** The template that a step uses; null when it cannot be used, which a check reports. */
  readonly readTemplate: (path: string) => Template | null;
  /** Another workflow of the project; null when there is none of this id, or the two run each other in a circle. */
  readonly readWorkflow: (id: string) => WorkflowInterface | null;
  /** The types of the variables of a while. */
  readonly loopTypes: (fields: StepFields) => Readonly<Record<string, ValueType>>;
}
