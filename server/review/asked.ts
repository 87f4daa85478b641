import type { Place } from "./place.js";
import type { Subject, WantedReaction } from "./wanted-object.js";

/** What somebody asks for, by a comment or by a button of a check. */
export interface Asked {
  readonly place: Place;
  readonly user: string;
  readonly name: string;
  /** What stands behind the name; of a button the commit of its check. */
  readonly argument: string;
  /** Of the pull request. */
  readonly number: number;
  /** When, by the host's clock; none where it does not say. */
  readonly askedAt?: number;
  /** Null of a button. */
  readonly commentId: string | null;
}

/** What is done about it. */
export interface Answer {
  /** On the comment. */
  readonly reaction: WantedReaction["reaction"];
  /** Markdown, in a comment; null where the reaction, or what is done, says all. */
  readonly words: string | null;
  /** What is to be looked at. */
  readonly look: Subject | null;
}
