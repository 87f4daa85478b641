import type { LocatedDiagnostic } from "../store/located-diagnostic.js";
import type { NamedPlace, Place } from "./place.js";

/** What a check is of: enough to make it again. */
export interface Subject {
  readonly place: Place;
  readonly head: string;
  readonly ref: string;
  readonly base: string;
  /** Of the pull request; null for a merge queue. */
  readonly number: number | null;
  /** What a merge queue has put it on top of: the head of the branch, or what it tries before. None in what an earlier build has kept. */
  readonly onto?: string;
  /** Anybody may have written it. None in what an earlier build has kept, which is treated so. */
  readonly isFork?: boolean;
}

/** Whether only those have a hand in it who may write to the repository: in what a queue merges, and in what is of no fork. */
export function isTrusted({ number, isFork }: Pick<Subject, "number" | "isFork">): boolean {
  return number === null || isFork === false;
}

/** How something at a host is to look. */
export type WantedObject = WantedCheck | WantedComment | WantedReaction | WantedDeployment | WantedIssue;

/** A check of a commit. */
export interface WantedCheck {
  readonly kind: "check";
  readonly subject: Subject;
  /** One for each time that the commit is looked at: findings of two are never mixed. */
  readonly reviewId: string;
  /** When the commit was first seen as a head; none in what an earlier build has kept. */
  readonly seenAt?: number;
  /** Null while it is being looked at. */
  readonly result: CheckResult | null;
  /** Where all of it is shown; none for nowhere. */
  readonly page?: string;
  /** What each says that has the commit as its head, where there are several; while one is being looked at those of all others. */
  readonly parts?: readonly CheckPart[];
}

/** What one pull request, or one merge of a queue, says of a commit that several have as their head. */
export interface CheckPart {
  readonly subject: Subject;
  readonly result: CheckResult;
}

export interface CheckResult {
  /** `cancelled`: nobody knows how it is; no branch rule takes that for a pass. */
  readonly conclusion: "success" | "failure" | "cancelled";
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** The worst first. */
  readonly findings: readonly LocatedDiagnostic[];
  /** What somebody may ask for by a button; none in what an earlier build has kept. */
  readonly actions?: readonly CheckAction[];
  /** What would be confirmed of the commit, `project/workflow`; none where there is nothing to confirm. */
  readonly removes?: readonly string[];
  /** The same as long as it would say the same, but for what is of the moment. */
  readonly essence?: string;
  /** Nothing was compared for it, so that the commit is looked at whenever it is told of again. */
  readonly isUncompared?: true;
  /** Its repository was not followed, or not known to be: it says nothing any more as soon as that is. */
  readonly isUnfollowed?: true;
  /** Workflows that it adds or changes, by id; as many as anybody chooses from. */
  readonly touches?: readonly string[];
}

/** What the buttons of a check ask for: the commands of the same names. */
export type CheckAction = "confirm-delete" | "plan" | "test";

/** The comment of ours on a pull request, or an answer to somebody's. */
export interface WantedComment {
  readonly kind: "comment";
  readonly place: Place;
  readonly number: number;
  /** Which of our comments it is: one of each is there, and is edited in place. */
  readonly marker: string;
  /** Markdown. */
  readonly body: string;
  /** To be told in it, where checks have no pages. */
  readonly findings?: CommentedFindings;
}

/** What was found in the files of a commit. */
export interface CommentedFindings {
  readonly head: string;
  /** The worst first. */
  readonly findings: readonly LocatedDiagnostic[];
  /** Where all of them are shown; none for nowhere. */
  readonly page?: string;
}

/** That a comment was read. */
export interface WantedReaction {
  readonly kind: "reaction";
  readonly place: Place;
  /** Of the pull request. */
  readonly number: number;
  readonly commentId: string;
  readonly reaction: "eyes" | "+1" | "rocket" | "confused" | "-1";
}

/** What became of a commit after the merge. */
export interface WantedDeployment {
  readonly kind: "deployment";
  readonly place: NamedPlace;
  /** Ours of the deployment: one of each is there, and only its state changes. */
  readonly deploymentId: string;
  readonly commit: string;
  /** That it is of. */
  readonly branch: string;
  readonly environment: string;
  readonly state: HostDeploymentState;
  /** In one line. */
  readonly description: string;
  /** Where people see more; null for nowhere. */
  readonly url: string | null;
}

/** `queued`: it is held; `inactive`: another one has taken its place. */
export type HostDeploymentState = "success" | "failure" | "queued" | "inactive";

/** That a branch cannot be deployed: one of each branch, open for as long as that is so. */
export interface WantedIssue {
  readonly kind: "issue";
  readonly place: NamedPlace;
  /** Which of our issues it is. */
  readonly marker: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly isOpen: boolean;
  /** Ours of the deployment of which it tells. */
  readonly deploymentId: string;
}
