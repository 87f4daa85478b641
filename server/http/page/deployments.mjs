/** The list of deployments, and the notice at the top of the page. */
import { ask } from "./ask.js";
import { code, duration, element, empty, moment, since, status, table, text } from "./elements.js";
import { chosenEnvironment, DEFAULT_ENVIRONMENT, environmentFilter } from "./environment.js";

/** The newest deployments, what happened to the repositories meanwhile, and above the page what is not as it should be. */
export async function showDeployments() {
  const [{ deployments, sourceEvents }, newest, { pins }, { repositories }] = await Promise.all([
    ask(`/deployments?${new URLSearchParams({ limit: "10", ...environmentFilter() })}`),
    // What is not as it should be is told wherever it is.
    ask("/deployments?limit=10"),
    ask("/pins?limit=1000"),
    ask("/repositories"),
  ]);
  const rows = [
    ...deployments.map((one) => ({ at: one.endedAt, cells: deploymentCells(one) })),
    ...sourceEvents.map((one) => ({ at: one.since, cells: eventCells(one) })),
  ]
    .sort((one, other) => other.at - one.at)
    .map(({ cells }) => cells);
  table("deployments", ["status", "project", "commit", "subject", "when", "push to live", "result"], rows);
  showNotice({
    deployments: newest.deployments,
    pins: pins.filter(({ ended }) => ended === null),
    cloning: repositories.filter(({ cloning }) => cloning),
  });
  if (rows.length === 0) empty("deployments", nothingText());
}

function nothingText() {
  const { environment } = environmentFilter();
  return environment === undefined
    ? "No commit was seen yet: they appear here as soon as a repository is followed."
    : `No commit for ${environment} was seen yet.`;
}

function deploymentCells(deployment) {
  return [
    status(deployment.status),
    text(deployment.project ?? "–", deployment.environment),
    text(deployment.commit.slice(0, 8), madeBy(deployment)),
    text(deployment.commitSubject ?? ""),
    moment(deployment.endedAt),
    tookOf(deployment),
    findings(deployment),
  ];
}

/** What happened to a repository between its deployments. */
function eventCells({ kind, repository, branch, detail, since: at, until, lostCommits }) {
  const result = text("", detail);
  if (until === null) result.append(text("", ". It has gone on for"), " ", since(at, null));
  else if (until > at) result.append(text("", `. It was over after ${duration(at, until)}`));
  if (lostCommits.length > 0)
    result.append(text("", `. Lost: ${lostCommits.map((commit) => commit.slice(0, 8)).join(", ")}`));
  return [
    until === null ? status(kind) : text("", kind.replaceAll("-", " ")),
    text(repository ?? "–", branch ?? ""),
    "",
    "",
    moment(at),
    "",
    result,
  ];
}

function madeBy({ commitAuthor, commitCommitter }) {
  if (commitAuthor === null) return "";
  return commitCommitter === null || commitCommitter === commitAuthor
    ? `by ${commitAuthor}`
    : `by ${commitAuthor}, committed by ${commitCommitter}`;
}

/** Of a commit that was or is live. */
function tookOf({ status: name, seenAt, endedAt }) {
  return ["active", "superseded", "removed"].includes(name)
    ? text(`${((endedAt - seenAt) / 1000).toFixed(1)} s`)
    : "";
}

/** At the top of the page: the newest commit of a repository that is not what runs, what people keep where it is, and what is cloned. */
function showNotice({ deployments, pins, cloning }) {
  const newest = new Map();
  for (const deployment of deployments) {
    const key = `${deployment.repositoryId} ${deployment.environment}`;
    if (!newest.has(key)) newest.set(key, deployment);
  }
  const lines = [...newest.values()]
    .filter(({ status: name }) => name === "refused" || name === "held")
    .map((deployment) => {
      const { project, environment, commit, status: name, reason } = deployment;
      const line = document.createElement("div");
      const elsewhere = environment === chosenEnvironment() ? "" : ` in ${environment}`;
      const where = project === null ? "" : ` of ${project}${elsewhere}`;
      line.append(`The newest commit ${commit.slice(0, 8)}${where} was `, status(name));
      line.append(`, and what was deployed before goes on: ${reason ?? "see Deployments"}`);
      return line;
    });
  lines.push(...pins.map(pinLine), ...cloning.map(cloningLine));
  element("notice").replaceChildren(...lines);
  element("notice").hidden = lines.length === 0;
}

function pinLine({ project, environment, commit, by, reason }) {
  const line = document.createElement("div");
  line.append(
    `${environment} of ${project} is pinned to ${commit.slice(0, 8)} by ${by}: ${reason}. Undo it: `,
  );
  const option = environment === DEFAULT_ENVIRONMENT ? "" : ` --environment ${environment}`;
  line.append(code(`headwater unpin ${project}${option}`));
  return line;
}

function cloningLine({ name, url }) {
  const line = document.createElement("div");
  line.append(`${name} is being cloned from ${url}; its first commit is deployed after that`);
  return line;
}

function findings({ diagnostics, reason, rewritten, confirmed, pinned, unpinned }) {
  const cell = text("", diagnostics.length === 0 ? reason : null);
  if (rewritten !== null) cell.append(text("", ` ${rewrittenText(rewritten)}`));
  if (confirmed !== null) cell.append(text("", ` confirmed by ${confirmed.by}: ${confirmed.reason}`));
  if (pinned !== null) cell.append(text("", ` pinned by ${pinned.by}: ${pinned.reason}`));
  if (unpinned !== null) cell.append(text("", ` unpinned by ${unpinned.by} ${unpinned.reason}`.trimEnd()));
  for (const { file, line, column, severity, code, message } of diagnostics.slice(0, 20)) {
    const place = document.createElement("div");
    place.append(text("", `${file}:${line}:${column}`), ` ${severity} ${code}: ${message}`);
    cell.append(place);
  }
  return cell;
}

function rewrittenText({ from, commits, isUnrelated }) {
  const before = `${from.slice(0, 8)}, which the branch had before`;
  if (isUnrelated) return `unrelated history: it has no commit in common with ${before}`;
  return commits === null
    ? `rewrites ${before}`
    : `rewrites ${commits} ${commits === 1 ? "commit" : "commits"} of ${before}`;
}
