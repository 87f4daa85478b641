import { counted } from "@headwater/workflow";
import type { SourceEvent } from "@headwater/api";
import type { Style } from "./style.js";
import { plain } from "./table.js";
import { durationText, instantText } from "./time-text.js";

const KINDS: Readonly<Record<SourceEvent["kind"], string>> = {
  unreachable: "unreachable",
  "branch-missing": "branch missing",
  "commit-vanished": "commit vanished",
  "mirror-damaged": "mirror damaged",
};

/** How many lost commits are named. */
const NAMED_MAX = 10;

/** What happened to a repository: when, to which, how long, and in words. */
export function renderSourceEvent(event: SourceEvent, style: Style): string {
  const { repository, repositoryId, branch, kind, detail, since, lostCommits } = event;
  const where = branch === null ? "" : `, branch ${plain(branch)}`;
  const lines = [
    `${instantText(since)}  ${style.busy(KINDS[kind])}  ${plain(repository ?? repositoryId)}${where}${untilText(event)}`,
    `  ${plain(detail)}`,
    ...(lostCommits.length === 0 ? [] : [`  lost ${commitsText(lostCommits)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Empty for what has no length. */
function untilText({ since, until }: SourceEvent): string {
  if (until === null) return ", still";
  return until === since ? "" : `, until ${instantText(until)}: ${durationText(until - since)}`;
}

function commitsText(commits: readonly string[]): string {
  const named = commits.slice(0, NAMED_MAX).map((commit) => commit.slice(0, 12));
  const more = commits.length > named.length ? ` and ${commits.length - named.length} more` : "";
  return `${counted(commits.length, "commit")}: ${named.join(", ")}${more}`;
}
