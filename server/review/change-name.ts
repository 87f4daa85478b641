import type { Subject } from "./wanted-object.js";

/** Of a pull request, or of a commit of a merge queue: one within its host. */
export function changeName({ place, number, head }: Pick<Subject, "place" | "number" | "head">): string {
  return `${place.repositoryId} ${number === null ? head : `#${number}`}`;
}
