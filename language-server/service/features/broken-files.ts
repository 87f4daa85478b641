import type { Diagnostic } from "@headwater/workflow";
import type { Project } from "../project.js";

/** Whether what a file says is unclear. */
export function isBroken(project: Project, path: string): boolean {
  return errorsOf(project, path).length > 0;
}

/** The errors of a file, without those of what only lacks a database: it can be drawn and simulated all the same. */
export function errorsOf(project: Project, path: string): readonly Diagnostic[] {
  return (project.findings().get(path) ?? []).filter(
    ({ severity, code }) => severity === "error" && code !== "unknown-connection",
  );
}
