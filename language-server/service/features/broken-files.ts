import type { Project } from "../project.js";

/** Whether what a file says is unclear. What only lacks a database can be drawn and simulated all the same. */
export function isBroken(project: Project, path: string): boolean {
  return (project.findings().get(path) ?? []).some(
    ({ severity, code }) => severity === "error" && code !== "unknown-connection",
  );
}
