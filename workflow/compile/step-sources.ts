import type { ProjectDefaults } from "../project/project-defaults.js";
import type { Template } from "./template.js";

/** What compiling a step needs from outside of its own lines. */
export interface StepSources {
  readonly defaults: ProjectDefaults;
  /** The file in which the step stands. */
  readonly file: string;
  /** The text of a file that another one names; null when there is none, which a check reports. */
  readonly readText: (named: string, fromFile: string) => string | null;
  /** The template that a step uses; null when it cannot be used, which a check reports. */
  readonly readTemplate: (path: string) => Template | null;
}
