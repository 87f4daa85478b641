import {
  checkDeployable,
  compileProject,
  counted,
  createCompileCache,
  planChange,
  proposedRemoval,
  removalLimitText,
  removesTooMuch,
  type CompileCache,
  type CompiledProject,
  type Plan,
  type SourceTree,
} from "@headwater/workflow";
import { createBlobStore } from "../checkout/blob-store.js";
import { openCheckout, type Checkout } from "../checkout/checkout.js";
import {
  describeRevision,
  isLastCommit,
  namedRevision,
  startOf,
  WORKING_TREE,
  type Revision,
} from "../checkout/revision.js";
import { readRevision } from "../checkout/revision-tree.js";
import type { Io } from "../io.js";
import { locateFindings, type LocatedFinding } from "../located-finding.js";
import { openProjects } from "../project-folder.js";
import { openTests, runTestFile, type TestOutcome } from "../test-project.js";
import { UsageError } from "../usage-error.js";

/** All that is to be said of a project in continuous integration. Files are named from the root of the repository. */
export interface ProjectVerdict {
  /** The worst first. */
  readonly findings: readonly LocatedFinding[];
  readonly tests: readonly TestOutcome[];
  /** Against the commit where the work began, or why there is none. */
  readonly plan: PlannedChange | { readonly obstacle: string };
  /** What it removes beyond what goes at once, or that nobody can tell, in words; null when that is nothing, or allowed. */
  readonly removal: string | null;
  /** Where the project says how much goes at once. */
  readonly settingsFile: string;
  /** No error was found, every test has passed, and no more is removed than goes at once. */
  readonly isGood: boolean;
}

/** A plan with the names of its two sides. */
export interface PlannedChange {
  readonly plan: Plan;
  readonly from: string;
  readonly to: string;
  /** What it removes beyond what goes at once, in words. */
  readonly removal: string | null;
}

export interface VerdictRequest {
  /** In the project. */
  readonly folder: string;
  /** The revision to compare with; null for where the work began. */
  readonly from: string | null;
  /** The policy of what goes at once does not count. */
  readonly allowRemoval: boolean;
}

const RANK = { error: 0, warning: 1, info: 2 } as const;

/**
 * Compiles the project as it is on disk, runs its tests and compares it with where the work began. Without a clone, or in one
 * that does not have that commit, everything but the plan is there. @throws UsageError when the project cannot be read, or a
 * revision that was named is not there
 */
export function judgeProject({ folder, from, allowRemoval }: VerdictRequest, io: Io): ProjectVerdict {
  const { tree, prefix, compare } = openSides({ folder, from }, io);
  const cache = createCompileCache();
  const compiled = compileProject(tree, cache, { today: io.now() });
  const textOf = (file: string): string => new TextDecoder().decode(tree.read(file) ?? new Uint8Array());
  const findings = locateFindings([...checkDeployable(compiled), ...compiled.diagnostics], textOf)
    .map((finding) => ({ ...finding, file: prefix + finding.file }))
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
  const tests = runTests(tree, cache).map((outcome) => ({ ...outcome, file: prefix + outcome.file }));
  const plan = compare(cache, compiled);
  const isSound = findings.every(({ severity }) => severity !== "error");
  // What does not compile is not deployed, so that nothing goes.
  const removal = allowRemoval || !isSound ? null : removalIn(plan, compiled);
  const isGood = isSound && removal === null && tests.every(({ passed }) => passed);
  return { findings, tests, plan, removal, settingsFile: `${prefix}headwater.yaml`, isGood };
}

/** Where a project holds what goes, a merge of which nobody can tell what goes does not pass. */
function removalIn(plan: ProjectVerdict["plan"], { settings }: CompiledProject): string | null {
  if (!("obstacle" in plan)) return plan.removal;
  const share = settings.policies.maxDeletedWorkflows;
  if (share === null) return null;
  const limit = `by the policy of the project ${removalLimitText(share)}`;
  return `cannot tell what a merge would remove, and ${limit}: fetch the whole history (\`fetch-depth: 0\` of actions/checkout, \`GIT_DEPTH: 0\` of GitLab), or name a revision with --from`;
}

interface Sides {
  readonly tree: SourceTree;
  /** The project's folder from the root of the repository, with a slash at its end; empty when it is that. */
  readonly prefix: string;
  readonly compare: (cache: CompileCache, after: CompiledProject) => ProjectVerdict["plan"];
}

function openSides({ folder, from }: Pick<VerdictRequest, "folder" | "from">, io: Io): Sides {
  const clone = openClone(folder, io);
  if ("obstacle" in clone) {
    if (from !== null) throw clone.cause;
    const [project] = openProjects([folder], io);
    if (project === undefined) throw clone.cause;
    return { tree: project.tree, prefix: "", compare: () => ({ obstacle: clone.obstacle }) };
  }
  const { checkout } = clone;
  const blobs = createBlobStore(checkout.git);
  const tree = readRevision(WORKING_TREE, checkout, blobs);
  return {
    tree,
    prefix: checkout.prefix === "" ? "" : `${checkout.prefix}/`,
    compare(cache, after) {
      try {
        const start = from === null ? leavingOf(checkout) : namedRevision(from, checkout);
        const before = compileProject(readRevision(start, checkout, blobs), cache, {});
        const at = io.now() - (io.now() % 1000);
        const plan = planChange(before, after, { at, textOf: textIn(tree) });
        const names = { from: describeRevision(start), to: describeRevision(WORKING_TREE) };
        return { plan, ...names, removal: removalOf(before, after) };
      } catch (error) {
        if (!(error instanceof UsageError) || from !== null) throw error;
        return { obstacle: error.message };
      }
    },
  };
}

/** In a clone of nothing what was committed is all that there is, and says nothing of what a merge would do. */
function leavingOf(checkout: Checkout): Revision {
  const start = startOf(WORKING_TREE, checkout);
  if (!isLastCommit(start)) return start;
  throw new UsageError(
    "Cannot tell what to compare with: this clone has no origin. Name a revision with --from",
  );
}

/** What it removes beyond what goes at once, in words; null when that is nothing. */
function removalOf(before: CompiledProject, after: CompiledProject): string | null {
  const { workflows, live, share } = proposedRemoval(before, after);
  const lost = workflows.length;
  if (!removesTooMuch({ lost, unconfirmed: lost, live, share })) return null;
  return `would remove ${lost} of ${counted(live, "workflow")}, and by the policy of the project ${removalLimitText(share)}`;
}

type OpenedClone =
  | { readonly checkout: Checkout }
  | { readonly obstacle: string; readonly cause: UsageError };

function openClone(folder: string, io: Io): OpenedClone {
  try {
    return { checkout: openCheckout(folder, io) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { obstacle: error.message, cause: error };
  }
}

function runTests(tree: SourceTree, cache: CompileCache): readonly TestOutcome[] {
  const project = openTests({ root: "", tree, isSelected: () => true, isWhole: true }, cache);
  return project.files.flatMap((file) => runTestFile(file, project, () => true));
}

function textIn(tree: SourceTree): (file: string) => string | null {
  return (file) => {
    const bytes = tree.read(file);
    return bytes === undefined ? null : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  };
}
