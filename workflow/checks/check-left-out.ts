import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import type { SourceTree } from "../project/source-tree.js";

/** Beside the first of each reason so many are named. */
const NAMED_MAX = 3;
/** A forged tree can have any number of modes. */
const REASONS_MAX = 10;
const PATH_LENGTH_MAX = 200;

/** What a repository has and no workflow sees: one finding for each reason, however many there are. */
export function checkLeftOut({
  leftOut = new Map<string, string>(),
}: Pick<SourceTree, "leftOut">): readonly Diagnostic[] {
  const byReason = new Map<string, string[]>();
  for (const [path, reason] of leftOut) {
    const paths = byReason.get(reason) ?? [];
    byReason.set(reason, paths);
    paths.push(shortened(path));
  }
  const reasons = [...byReason.keys()].sort().slice(0, REASONS_MAX);
  return reasons.flatMap((reason) => {
    const [first = "", ...others] = (byReason.get(reason) ?? []).sort();
    const { report, diagnostics } = collectFindings(first);
    const message = `Left out, so that no workflow sees it: ${reason}${sameOf(others)}`;
    report({ code: "path-left-out", message, range: { start: 0, end: 0 } });
    return diagnostics;
  });
}

function sameOf(paths: readonly string[]): string {
  if (paths.length === 0) return "";
  const named = paths.slice(0, NAMED_MAX).map((path) => `"${path}"`);
  const more = paths.length > named.length ? ` and ${paths.length - named.length} more` : "";
  return `. The same of ${named.join(", ")}${more}`;
}

function shortened(path: string): string {
  return path.length > PATH_LENGTH_MAX ? `${path.slice(0, PATH_LENGTH_MAX - 1)}…` : path;
}
