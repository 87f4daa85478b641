import { compileProject, planChange, type Plan } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

/** The plan between two editions of a project, each a map from paths to texts. */
export function planned(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  at = "2026-11-26T13:30:00Z",
): Plan {
  return planChange(compileProject(treeOfTexts(before)), compileProject(treeOfTexts(after)), {
    at: Date.parse(at),
  });
}

/** A workflow of one step that does nothing, with more lines at its top. */
export function workflowText(id: string, ...lines: readonly string[]): string {
  return [`workflow: ${id}`, ...lines, "steps: { only: { noop: {} } }", ""].join("\n");
}
