import type { Report } from "../diagnostics/report.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { StepLevel, StepNode } from "../model/step-tree.js";
import type { ProjectDefaults } from "../project/project-defaults.js";
import type { SourceTree } from "../project/source-tree.js";
import type { ScheduleReader } from "../schedule/schedule.js";
import type { WorkflowFields } from "../schema/workflow-schema.js";
import type { UsedNames } from "./used-names.js";
import type { ExpressionCheckers } from "./expression-checkers.js";

/** What a check of one workflow file may look at. A check reports; it changes nothing and never throws. */
export interface WorkflowCheck {
  readonly path: string;
  readonly text: string;
  readonly fields: WorkflowFields;
  readonly top: StepLevel;
  /** All steps, nested ones included. */
  readonly steps: readonly StepNode[];
  readonly defaults: ProjectDefaults;
  readonly tree: SourceTree;
  readonly schedules: ScheduleReader;
  /** For what looks at an expression without its names. */
  readonly library: ExpressionLibrary;
  readonly checkers: ExpressionCheckers;
  /** What the expressions use; complete when all of them have been checked. */
  readonly names: UsedNames;
  readonly report: Report;
}
