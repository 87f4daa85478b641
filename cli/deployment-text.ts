import type { Deployment } from "@headwater/api";
import { counted } from "@headwater/workflow";
import type { Style } from "./style.js";
import { plain } from "./table.js";
import { durationText } from "./time-text.js";

/** What became of a commit, in one line: `1a2b3c4d5e6f is refused: 1 error in 1 file: …`. */
export function renderVerdict({ commit, status, reason }: Deployment, style: Style): string {
  const why = reason === null ? "" : `: ${plain(reason)}`;
  return `${commit.slice(0, 12)} is ${style.status(status)}${why}`;
}

/** Why a commit became what it is, where its findings stand below and need not be quoted; null when there is nothing to say. */
export function reasonAbove({ reason, diagnostics }: Deployment): string | null {
  const isQuote = reason !== null && diagnostics.some(({ message }) => reason.includes(message));
  return isQuote ? reason.slice(0, reason.indexOf(":")) : reason;
}

/** The findings of a deployment, a line each, indented. */
export function renderFindings({ diagnostics }: Deployment, style: Style): readonly string[] {
  return diagnostics.map(
    ({ file, line, column, severity, code, message }) =>
      `  ${plain(file)}:${line}:${column} ${style.status(severity)} ${code}: ${plain(message)}`,
  );
}

/** How many workflows of a kind are named. */
const NAMED_MAX = 10;

/** Who made the commit, how long it took to be live, which versions it brought, and what people decided of it: a line each, indented. */
export function renderFacts(deployment: Deployment): readonly string[] {
  const { confirmed, pinned, unpinned, rewritten } = deployment;
  return [
    ...whoAndWhen(deployment),
    ...(rewritten === null ? [] : [rewrittenText(rewritten)]),
    ...whatChanged(deployment),
    ...(confirmed === null ? [] : [`confirmed by ${confirmed.by}: ${confirmed.reason}`]),
    ...(pinned === null ? [] : [`pinned by ${pinned.by}: ${pinned.reason}`]),
    ...(unpinned === null
      ? []
      : [`unpinned by ${unpinned.by}${unpinned.reason === "" ? "" : `: ${unpinned.reason}`}`]),
  ].map((line) => `  ${plain(line)}`);
}

/** `rewrites 3 commits of 1a2b3c4d5e6f, which the branch had before`. */
function rewrittenText({ from, commits, isUnrelated }: NonNullable<Deployment["rewritten"]>): string {
  const before = `${from.slice(0, 12)}, which the branch had before`;
  if (isUnrelated) return `unrelated history: it has no commit in common with ${before}`;
  return commits === null ? `rewrites ${before}` : `rewrites ${counted(commits, "commit")} of ${before}`;
}

function whoAndWhen(deployment: Deployment): readonly string[] {
  const { commitAuthor: author, commitCommitter: committer, seenAt, endedAt } = deployment;
  const who = author === null ? [] : [`by ${author}`];
  const host = committer === null || committer === author ? [] : [`committed by ${committer}`];
  const took = wasActivated(deployment)
    ? [`live ${durationText(endedAt - seenAt)} after ${beginningOf(deployment)}`]
    : [];
  const parts = [...who, ...host, ...took];
  return parts.length === 0 ? [] : [parts.join(", ")];
}

/** What its time is counted from. */
function beginningOf({ pinned, unpinned, confirmed }: Deployment): string {
  if (pinned !== null) return "it was pinned";
  if (unpinned !== null) return "the pin was undone";
  return confirmed === null ? "the push was seen" : "it was confirmed";
}

function wasActivated({ status }: Deployment): boolean {
  return status === "active" || status === "superseded" || status === "removed";
}

function whatChanged(deployment: Deployment): readonly string[] {
  const { added, changed, removed, versions } = deployment;
  const numbers = new Map(versions.map(({ workflow, number }) => [workflow, ` v${number}`]));
  const listed = (kind: string, ids: readonly string[]): readonly string[] => {
    if (ids.length === 0) return [];
    const named = ids.slice(0, NAMED_MAX).map((id) => `${id}${numbers.get(id) ?? ""}`);
    const more = ids.length > named.length ? ` and ${ids.length - named.length} more` : "";
    return [`${kind} ${named.join(", ")}${more}`];
  };
  const parts = [...listed("adds", added), ...listed("changes", changed), ...listed("removes", removed)];
  return parts.length === 0 ? [] : [parts.join("; ")];
}
