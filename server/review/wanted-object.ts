import type { LocatedDiagnostic } from "../store/located-diagnostic.js";
import type { Place } from "./place.js";

/** What a check is of: enough to make it again. */
export interface Subject {
  readonly place: Place;
  readonly head: string;
  readonly ref: string;
  readonly base: string;
  /** Of the pull request; null for a merge queue. */
  readonly number: number | null;
}

/** How something at a host is to look. */
export type WantedObject = WantedCheck | WantedComment | WantedReaction;

/** A check of a commit. */
export interface WantedCheck {
  readonly kind: "check";
  readonly subject: Subject;
  /** One for each time that the commit is looked at: findings of two are never mixed. */
  readonly reviewId: string;
  /** Null while it is being looked at. */
  readonly result: CheckResult | null;
}

export interface CheckResult {
  readonly conclusion: "success" | "failure";
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** The worst first. */
  readonly findings: readonly LocatedDiagnostic[];
}

/** The comment of ours on a pull request, or an answer to somebody's. */
export interface WantedComment {
  readonly kind: "comment";
  readonly place: Place;
  readonly number: number;
  /** Which of our comments it is: one of each is there, and is edited in place. */
  readonly marker: string;
  /** Markdown. */
  readonly body: string;
}

/** That a comment was read. */
export interface WantedReaction {
  readonly kind: "reaction";
  readonly place: Place;
  readonly commentId: string;
  readonly reaction: "eyes" | "confused" | "-1";
}
