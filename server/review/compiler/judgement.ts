import type { ProposedRemoval, RunInFlight } from "@headwater/workflow";
import type { Claims } from "../../store/change-claims.js";
import type { LocatedDiagnostic } from "../../store/located-diagnostic.js";
import type { TreeChange } from "./tree-change.js";

/** Annotations beyond this nobody reads, and each fifty cost a request. */
export const FINDINGS_MAX = 250;
/** Failed tests that a check tells. */
export const FAILED_MAX = 50;

/** What is to be compared, and what is known beside it. */
export interface JudgeRequest {
  /** One compiler cache for each. */
  readonly repositoryId: string;
  /** Against the side before of the last request of the repository, see `Recent`; else against nothing. */
  readonly before: TreeChange;
  /** Against the side before. */
  readonly after: TreeChange;
  /** What the side after has anew, is called as a file for the compiler, and is none that it may read, with the reason. */
  readonly leftOut: readonly (readonly [path: string, reason: string])[];
  /** What was not sent before. */
  readonly contents: readonly (readonly [id: string, content: Uint8Array])[];
  /** When the merge is thought to happen, epoch milliseconds. */
  readonly at: number;
  /** The two sides as people name them. */
  readonly from: string;
  readonly to: string;
  /** How long runs usually take, in milliseconds by workflow. */
  readonly history: readonly (readonly [workflow: string, durationMs: number])[];
  readonly runs: readonly RunInFlight[];
}

/** What the process says to a request. */
export interface JudgeAnswer {
  /** Of the request. */
  readonly id: number;
  /** Null where it takes more than there is place for. */
  readonly judgement: Judgement | null;
  /** Of its heap: what it keeps, where that may be half of what it may have, and else no less than that. */
  readonly heapBytes: number;
}

/** What a merge would do: plain data, made by a process that nobody trusts. */
export interface Judgement {
  /** All errors, and those warnings and notes that the change brings, the worst first; as many as anybody reads. */
  readonly findings: readonly LocatedDiagnostic[];
  readonly errors: number;
  readonly newWarnings: number;
  readonly newNotes: number;
  /** How many workflows of each kind. */
  readonly changes: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly renamed: number;
  };
  /** How many settings of the whole project. */
  readonly settings: number;
  /** Those that are added or changed, by id, sorted; as many as anybody chooses from. */
  readonly touched: readonly string[];
  readonly removal: ProposedRemoval;
  /** Environments that `headwater.yaml` declares before and not after, by name. */
  readonly undeclared: readonly string[];
  /** The same as long as the change means the same: nothing of it is of the moment at which it was looked at. */
  readonly essence: string;
  /** Whom to ask, first those of what is touched. */
  readonly owners: readonly AskedOwner[];
  readonly claims: Claims;
  /** The plan as Markdown for GitHub. */
  readonly plan: string;
  readonly tests: TestSummary;
  /** Null when that is all there is. */
  readonly whole: WholeJudgement | null;
}

/** All of what a judgement has the first of, as far as a page has room for it. */
export interface WholeJudgement {
  readonly findings: Judgement["findings"];
  readonly plan: string;
  readonly failed: TestSummary["failed"];
}

export interface TestSummary {
  readonly passed: number;
  /** How many have failed. */
  readonly failures: number;
  /** As many of those as anybody reads. */
  readonly failed: readonly {
    readonly workflow: string;
    readonly name: string;
    readonly message: string;
    /** The same, where it stands. */
    readonly finding: LocatedDiagnostic;
  }[];
  /** Of those workflows that the change touches. */
  readonly coverage: readonly CoveredWorkflow[];
}

/** How far the tests of a project reach into a workflow. */
export interface CoveredWorkflow {
  readonly workflow: string;
  readonly steps: number;
  /** How many of them some test has reached. */
  readonly reached: number;
  /** The first of those that no test reaches, by dotted path. */
  readonly missed: readonly string[];
}

/** Somebody who owns workflows that a change touches, or that are downstream of it. By id. */
export interface AskedOwner {
  readonly owner: string;
  readonly touched: readonly string[];
  readonly downstream: readonly string[];
}
