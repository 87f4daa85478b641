import { checkLeftOut, fileKind, type Diagnostic, type SourceTree } from "@headwater/workflow";
import type { SentTree } from "./judgement.js";

/** A forged tree can have any number of them. */
const SENT_MAX = 1000;

/** What in a tree is called as a file for the compiler and is left out of it, such as a link. */
export function leftOutDefinitions({ leftOut }: Pick<SourceTree, "leftOut">): SentTree["leftOut"] {
  return [...(leftOut ?? [])].filter(([path]) => fileKind(path) !== null).slice(0, SENT_MAX);
}

/** A note on each that was not there before: its author may think that it is a workflow. */
export function leftOutNews(
  before: Pick<SentTree, "leftOut">,
  after: Pick<SentTree, "leftOut">,
): readonly Diagnostic[] {
  const known = new Map(before.leftOut);
  const news = after.leftOut.filter(([path, reason]) => known.get(path) !== reason);
  return news.flatMap((each) => checkLeftOut({ leftOut: new Map([each]) }));
}
