import type { LocatedFinding } from "../located-finding.js";
import type { ProjectVerdict } from "./project-verdict.js";

const FIRST_LINE = { line: 1, column: 1, endLine: 1, endColumn: 1, severity: "error" } as const;

/** All that makes a merge fail, and what else was found, for reports that know findings alone: failed tests stand where their file begins. */
export function reportedFindings(verdict: ProjectVerdict): readonly LocatedFinding[] {
  const failed = verdict.tests
    .filter(({ passed }) => !passed)
    .map(({ file, workflow, name, failures }): LocatedFinding => {
      const said = failures.map(({ message }) => message).join("; ");
      return { file, ...FIRST_LINE, code: "test-failed", message: `Test of ${workflow}, "${name}": ${said}` };
    });
  return [...heldRemoval(verdict), ...failed, ...verdict.findings];
}

/** What is removed beyond what goes at once, where the project says how much that is; empty when that is nothing. */
export function heldRemoval({ removal, settingsFile }: ProjectVerdict): readonly LocatedFinding[] {
  if (removal === null) return [];
  const message = `${removal}; say --allow-removal where that is meant`;
  return [{ file: settingsFile, ...FIRST_LINE, code: "removal-held", message }];
}
