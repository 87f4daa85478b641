import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import type { CompiledProject } from "../project/compiled-project.js";
import { SETTINGS_PATH } from "../project/file-kind.js";

/** What keeps a project from being deployed that is no fault of any file: it has no name, or nothing to run. */
export function checkDeployable({ settings, workflows }: CompiledProject): readonly Diagnostic[] {
  const { report, diagnostics } = collectFindings(SETTINGS_PATH);
  const range = { start: 0, end: 0 };
  if (settings.project === null) {
    const message = `The repository names no project: add a "${SETTINGS_PATH}" with "project: <name>" to its root`;
    report({ code: "project-unnamed", message, range });
  }
  if (workflows.length === 0) {
    const places = settings.workflows.map((pattern) => `"${pattern}"`).join(", ");
    const message = `There is no workflow: add a file that ends in ".workflow.yaml" where "${SETTINGS_PATH}" looks for them (${places})`;
    report({ code: "no-workflows", message, range });
  }
  return diagnostics;
}
