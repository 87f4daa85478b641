import type { CommentedFindings } from "../wanted-object.js";
import type { LocatedDiagnostic } from "../../store/located-diagnostic.js";
import { tellsAll } from "../check-page.js";
import { codeSpan } from "../plain-text.js";
import type { NamedPlace } from "../place.js";

const SHOWN_MAX = 100;
const MARKS = { error: "❌", warning: "⚠️", info: "ℹ️" } as const;

/**
 * Our Markdown as GitLab is to have it. A line that begins with "/" would be done as a quick action, with our rights: merge, close,
 * assign.
 * Source: https://docs.gitlab.com/user/project/quick_actions/
 */
export function gitlabMarkdown(text: string): string {
  return text.replaceAll("\r", "").replaceAll(/^(\s*)\//gm, "$1\\/");
}

/** What was found, each with a link to its line; the worst first. Empty when there is nothing. */
export function findingsInWords(
  { head, findings, page }: CommentedFindings,
  place: NamedPlace,
  gitlabUrl: string,
): string {
  if (findings.length === 0) return "";
  const files = `${gitlabUrl}/${place.owner}/${place.name}/-/blob/${head}`;
  const left = findings.length - SHOWN_MAX;
  return [
    "",
    "#### Findings",
    "",
    ...findings.slice(0, SHOWN_MAX).map((finding) => lineOf(finding, files)),
    ...(left > 0 ? [`- *${left} more: ${tellsAll(page, "headwater validate")}.*`] : []),
    "",
  ].join("\n");
}

function lineOf({ file, line, column, severity, code, message }: LocatedDiagnostic, files: string): string {
  const path = file.split("/").map(segmentOf).join("/");
  const where = `[${codeSpan(`${file}:${line}:${column}`)}](${files}/${path}#L${line})`;
  return `- ${MARKS[severity]} ${where} ${codeSpan(code)}: ${codeSpan(message)}`;
}

/** Brackets would end the link. */
function segmentOf(name: string): string {
  return encodeURIComponent(name).replaceAll("(", "%28").replaceAll(")", "%29");
}
