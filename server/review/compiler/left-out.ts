import { checkLeftOut, fileKind, type Diagnostic } from "@headwater/workflow";
import type { CommitFiles } from "../../source/source.js";
import type { JudgeRequest } from "./judgement.js";

/** A forged tree can have any number of them. */
const SENT_MAX = 1000;

/** What in a tree is called as a file for the compiler and is left out of it, such as a link, and was not so before. */
export function leftOutNews(before: CommitFiles, after: CommitFiles): JudgeRequest["leftOut"] {
  const news = [...after.leftOut].filter(([path, reason]) => before.leftOut.get(path) !== reason);
  return news.filter(([path]) => fileKind(path) !== null).slice(0, SENT_MAX);
}

/** A note on each: its author may think that it is a workflow. */
export function leftOutFindings(news: JudgeRequest["leftOut"]): readonly Diagnostic[] {
  return news.flatMap((each) => checkLeftOut({ leftOut: new Map([each]) }));
}
