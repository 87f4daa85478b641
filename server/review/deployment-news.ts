import { counted } from "@headwater/workflow";
import type { LocatedDiagnostic } from "../store/located-diagnostic.js";
import type { ListedDeployment, RepositoryRow } from "../store/store.js";
import { codeSpan } from "./plain-text.js";
import type { WantedDeployment, WantedIssue } from "./wanted-object.js";

/** How a deployment is to look at a host, wherever that is. */
export type DeploymentNews = Omit<WantedDeployment, "kind" | "place" | "branch" | "url">;
/** How the issue of a branch is to look. */
export type IssueNews = Omit<WantedIssue, "kind" | "place">;

const FINDINGS_MAX = 50;

/** What there is to say of the deployments of a repository, given newest first, said oldest first. */
export function deploymentNews(deployments: readonly ListedDeployment[]): readonly DeploymentNews[] {
  const latest = new Set<string>();
  const news = deployments.flatMap((deployment) => {
    const { id: deploymentId, commit, environment } = deployment;
    const isLatest = !latest.has(environment);
    latest.add(environment);
    const state = stateOf(deployment, isLatest);
    return state === null ? [] : [{ deploymentId, commit, environment, ...state }];
  });
  return news.toReversed();
}

function stateOf(
  { status, outdated, reason }: ListedDeployment,
  isLatest: boolean,
): Pick<DeploymentNews, "state" | "description"> | null {
  switch (status) {
    case "active":
      return outdated === null
        ? { state: "success", description: reason ?? "Deployed" }
        : { state: "inactive", description: "Another commit is deployed" };
    case "refused":
      return { state: "failure", description: reason ?? "Not deployed" };
    case "held":
      return isLatest
        ? { state: "queued", description: `Held: ${reason ?? ""}` }
        : { state: "inactive", description: "It was held; another one was decided after it" };
    case "unchanged":
      return null;
  }
}

/**
 * What the issue of a branch says after the latest of its deployments, given newest first; null when nothing was ever decided. What
 * somebody pins tells nothing of the branch. `before` is what the issue says now, null when there is none: it stays when it is mended.
 */
export function issueNews(
  { branch }: Pick<RepositoryRow, "branch">,
  deployments: readonly ListedDeployment[],
  before: Pick<IssueNews, "body"> | null,
): IssueNews | null {
  const latest = deployments.find(({ status, pinned }) => status !== "unchanged" && pinned === null);
  if (latest === undefined) return null;
  const isOpen = latest.status === "refused";
  return {
    marker: `headwater cannot deploy ${encodeURIComponent(branch)}`,
    title: `Headwater cannot deploy ${branch}`,
    body: isOpen ? problemOf(latest, branch) : `Mended by ${latest.commit}.\n\n${before?.body ?? ""}`,
    isOpen,
    deploymentId: latest.id,
  };
}

function problemOf({ commit, environment, reason, diagnostics }: ListedDeployment, branch: string): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const left = errors.length - FINDINGS_MAX;
  return [
    `${commit} of ${codeSpan(branch)} is not deployed in ${codeSpan(environment)}: ${codeSpan(reason ?? "")}`,
    "",
    ...errors.slice(0, FINDINGS_MAX).map(lineOf),
    ...(left > 0 ? [`- *${counted(left, "more finding")}: \`headwater validate\` tells all.*`] : []),
    "",
    "What was deployed before goes on. This issue tells of the latest commit, and is closed when one is deployed again.",
    "",
  ].join("\n");
}

function lineOf({ file, line, column, code, message }: LocatedDiagnostic): string {
  return `- ${codeSpan(`${file}:${line}:${column}`)} ${codeSpan(code)}: ${codeSpan(message)}`;
}
