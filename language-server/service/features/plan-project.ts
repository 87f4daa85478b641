import {
  affectedRuns,
  planChange,
  renderPlanMarkdown,
  type PlanSummary,
  type RunInFlight,
  type SourceTree,
} from "@headwater/workflow";
import type { Project } from "../project.js";
import type { ProjectFile } from "../workspace.js";

/** What a plan holds the project against, and what only a service knows of it. */
export interface AskedPlan {
  readonly before: PlannedAgainst;
  /** How long runs usually take, milliseconds by the id of the workflow. */
  readonly usualDurations: readonly (readonly [workflow: string, medianMs: number])[];
  readonly runs: readonly RunInFlight[];
  /** Epoch milliseconds: when the switch is thought to happen. */
  readonly at: number;
}

interface PlannedAgainst {
  readonly branch: string;
  readonly commit: string;
  readonly paths: readonly string[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** A plan as a pull request shows it. */
export interface PlannedChange {
  readonly markdown: string;
  readonly summary: PlanSummary;
  readonly errors: number;
}

/**
 * What the files as they are now, saved or not, change of those of a commit: the plan of a pull request with them. Begun anew when
 * a file changes meanwhile.
 * @yields nothing, after each file
 */
export function planProject({ project }: ProjectFile, asked: AskedPlan): Generator<undefined, PlannedChange> {
  return project.whileSame(() => planInSteps(project, asked));
}

/** @yields nothing, after each file */
function* planInSteps(
  project: Project,
  { before, usualDurations, runs, at }: AskedPlan,
): Generator<undefined, PlannedChange> {
  const options = { history: new Map(usualDurations), today: at };
  const { tree } = project;
  const then = yield* project.compileBeside(treeOf(before, project), options);
  const now = yield* project.compileBeside(tree, options);
  const textOf = (path: string): string | null =>
    tree.read(path) === undefined ? null : project.document(path).getText();
  const plan = planChange(then, now, { at, textOf });
  const context = {
    from: `${before.branch} (${before.commit.slice(0, 8)})`,
    to: "what the editor has",
    runsInFlight: affectedRuns(plan, runs),
  };
  return {
    markdown: renderPlanMarkdown(plan, context),
    summary: plan.summary,
    errors: plan.findings.errors,
  };
}

/** A file that is the same in both has the same name for its content, so that it is compiled once. */
function treeOf({ commit, paths, files }: PlannedAgainst, project: Project): SourceTree {
  const { tree } = project;
  const contents = new Map(files.map(({ path, text }) => [path, project.encode(text)]));
  const idOf = (path: string): string => {
    const [content, current] = [contents.get(path), tree.read(path)];
    const isSame = content !== undefined && current !== undefined && isEqual(content, current);
    return (isSame ? tree.contentId(path) : undefined) ?? `${commit} ${path}`;
  };
  const ids = new Map(paths.map((path) => [path, idOf(path)]));
  return { paths, contentId: (path) => ids.get(path), read: (path) => contents.get(path) };
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
