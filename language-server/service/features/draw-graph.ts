import { graphOf, renderSvg } from "@headwater/workflow";
import type { ProjectFile } from "../workspace.js";

/** The picture of a workflow, without colours of its own; its steps are marked by `data-step`. */
export interface DrawnGraph {
  readonly workflow: string;
  readonly svg: string;
}

/** The graph of the workflow of a file, as far as its text can be read; null where there is none. */
export function drawGraph({ project, path }: ProjectFile): DrawnGraph | null {
  const workflow = project.compile().workflows.find((each) => each.path === path);
  if (workflow === undefined) return null;
  return {
    workflow: workflow.id,
    svg: renderSvg(graphOf(workflow), { isEmbedded: true }),
  };
}
