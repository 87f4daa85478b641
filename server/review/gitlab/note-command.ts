import type { Place } from "../place.js";
import type { Delivery } from "../review-host.js";

/** A note that somebody has written on a merge request. */
export interface Note {
  readonly place: Place;
  /** Of the merge request. */
  readonly number: number;
  readonly id: number;
  /** The name by which a user signs in. */
  readonly user: string;
  readonly text: string;
  /** When it was written, as GitLab says it: in ISO 8601, or as `2015-05-17 18:08:09 UTC`. */
  readonly createdAt: string;
}

const TEXT_MAX = 200;

/** What a note asks for, in its first line; null when it asks for nothing. Whoever tells of it, a hook or a look, it is the same. */
export function commandOf({ place, number, id, user, text, createdAt }: Note): Delivery | null {
  const [line = ""] = text.split(/\r?\n/, 1);
  if (!/^\/headwater(?:\s|$)/.test(line)) return null;
  const at = Date.parse(createdAt);
  const said = { user, text: line.trim().slice(0, TEXT_MAX), ...(Number.isNaN(at) ? {} : { askedAt: at }) };
  return {
    id: `gitlab note ${place.repositoryId} ${id}`,
    event: { kind: "command", place, number, commentId: String(id), ...said },
  };
}
