import { KEPT } from "./kept-commits.js";

const HEAD = "refs/headwater/head";

/** Where the head of a branch stands until the next fetch, by its place among those that are fetched; what is to stay has a ref of its own. */
export function refOf(place: number): string {
  return place === 0 ? HEAD : `${HEAD}-${place}`;
}

/** What brings the branches, and keeps the commits that were seen at their heads: each by the branch that is to write its ref. */
export function refspecsOf(
  branches: readonly string[],
  keepers: ReadonlyMap<string, string>,
): readonly string[] {
  return [
    ...branches.map((branch, place) => `+refs/heads/${branch}:${refOf(place)}`),
    ...[...keepers].map(([commit, branch]) => `+refs/heads/${branch}:${KEPT}/${commit}`),
  ];
}
