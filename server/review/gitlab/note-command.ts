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
}

const TEXT_MAX = 200;

/** What a note asks for, in its first line; null when it asks for nothing. Whoever tells of it, a hook or a look, it is the same. */
export function commandOf({ place, number, id, user, text }: Note): Delivery | null {
  const [line = ""] = text.split(/\r?\n/, 1);
  if (!/^\/headwater(?:\s|$)/.test(line)) return null;
  const said = { user, text: line.trim().slice(0, TEXT_MAX) };
  return {
    id: `gitlab note ${place.repositoryId} ${id}`,
    event: { kind: "command", place, number, commentId: String(id), ...said },
  };
}
