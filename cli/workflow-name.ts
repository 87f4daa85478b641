import { UsageError } from "./usage-error.js";

/** A workflow as people type it. */
export interface WorkflowName {
  readonly project: string;
  readonly workflow: string;
}

/** Whether what somebody typed names a workflow, not a run: no id of a run holds a slash, and its name has a number. */
export function isWorkflowName(target: string): boolean {
  return target.includes("/") && !target.includes("#");
}

/** Reads `PROJECT/WORKFLOW`. @throws UsageError */
export function parseWorkflowName(text: string): WorkflowName {
  const [project = "", workflow = "", ...rest] = text.split("/");
  if (project !== "" && workflow !== "" && rest.length === 0) return { project, workflow };
  throw new UsageError(`Cannot read "${text}" as a workflow: it must be PROJECT/WORKFLOW`);
}
