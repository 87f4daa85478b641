import type { Report } from "../diagnostics/report.js";
import type { SourceTree } from "../project/source-tree.js";

/** Where the body of a step stands: in a workflow or in a template. */
export interface BodyPlace {
  readonly path: string;
  readonly text: string;
  readonly tree: SourceTree;
  readonly report: Report;
}
