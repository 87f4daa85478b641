/**
 * The page, by the public API only. Live: the event stream says what changed, and the part of the page that shows it is
 * read anew.
 */
import { API, ask, problem, send, SignInNeeded } from "./ask.js";
import { button, code, duration, element, empty, moment, status, table, text } from "./elements.js";

const REFRESH_AFTER_MS = 150;
const RETRY_MS = 3000;
const LOG_POLL_MS = 1000;
const LOG_LINES_MAX = 5000;

const shown = { log: null, run: null, stale: new Set(), timer: null };

const PARTS = { workflows: showWorkflows, runs: showRuns, run: showRun, deployments: showDeployments };

window.addEventListener("hashchange", () => {
  closeLog();
  refresh("runs", "run");
});
element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn();
});
element("sign-out").addEventListener("click", () => void signOut());
void begin();

/** Shows the page to who may see it, and the form to sign in to who may not yet. */
async function begin() {
  try {
    const { tokenNeeded } = await ask("/session");
    admit(true);
    element("sign-out").hidden = !tokenNeeded;
    refresh(...Object.keys(PARTS));
    followEvents();
  } catch (error) {
    if (error instanceof SignInNeeded) return admit(false);
    live("lost", "the service is away; trying again");
    setTimeout(() => void begin(), RETRY_MS);
  }
}

function admit(isAdmitted) {
  document.querySelector("main").hidden = !isAdmitted;
  element("sign-in").hidden = isAdmitted;
  element("sign-out").hidden = true;
  if (isAdmitted) return;
  live("", "not signed in");
  element("token").focus();
}

async function signIn() {
  const field = element("token");
  if ((await attempt(() => send("/session", { token: field.value }))) === null) return field.select();
  field.value = "";
  await begin();
}

async function signOut() {
  await attempt(() => ask("/session", { method: "DELETE" }));
  location.reload();
}

function followEvents() {
  const events = new EventSource(`${API}/events`);
  events.onopen = () => live("live", "live");
  events.onerror = () => {
    live("lost", "the service is away; trying again");
    // The browser has given up: the service refuses it, perhaps because the session is over.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => void begin(), RETRY_MS);
  };
  events.addEventListener("run", () => refresh("workflows", "runs", "run"));
  events.addEventListener("step", (event) => {
    if (JSON.parse(event.data).runId === selectedRun()) refresh("run");
  });
  events.addEventListener("deployment", () => refresh("workflows", "deployments"));
  events.addEventListener("repository", () => refresh("deployments"));
  events.addEventListener("reset", () => refresh(...Object.keys(PARTS)));
}

function live(state, words) {
  element("live").dataset.state = state;
  element("live").textContent = words;
}

/** Many changes in a moment are one reading. */
function refresh(...parts) {
  for (const part of parts) shown.stale.add(part);
  shown.timer ??= setTimeout(() => void showStale(), REFRESH_AFTER_MS);
}

async function showStale() {
  const stale = [...shown.stale];
  shown.stale.clear();
  shown.timer = null;
  try {
    for (const part of stale) await PARTS[part]();
    problem(null);
  } catch (error) {
    if (error instanceof SignInNeeded) admit(false);
    else problem(error.message);
  }
}

async function showWorkflows() {
  const { workflows } = await ask("/workflows?limit=200");
  const rows = workflows.map((workflow) => [
    text(`${workflow.project} / ${workflow.workflow}`, workflow.description),
    text(`v${workflow.versionNumber}`, `commit ${workflow.commit.slice(0, 8)}`),
    workflow.lastRun === null ? text("never ran") : runLink(workflow.lastRun),
    workflow.lastRun === null ? "" : status(workflow.lastRun.status),
    workflow.nextFireAt === null ? text("", "not scheduled") : moment(workflow.nextFireAt),
    button("Run", () => startRun(workflow)),
  ]);
  table("workflows", ["workflow", "version", "last run", "status", "next run", ""], rows);
  if (rows.length > 0) return;
  const { repositories } = await ask("/repositories");
  if (repositories.length === 0)
    empty("workflows", "No repository is followed yet. Add one: ", code("headwater repo add URL"));
  else empty("workflows", "No workflow is deployed yet; what became of each commit is under Deployments.");
}

async function showRuns() {
  const { runs } = await ask("/runs?limit=20");
  const rows = runs.map((run) => [
    runLink(run),
    status(run.status),
    text(startedBy(run.trigger)),
    moment(run.createdAt),
    text(duration(run.startedAt, run.endedAt)),
    text("", run.reason),
  ]);
  table("runs", ["run", "status", "started by", "created", "took", "why"], rows);
  if (rows.length === 0)
    empty("runs", "Nothing has run yet. Press Run beside a workflow, or wait for its schedule.");
}

async function showRun() {
  const id = selectedRun();
  element("run-section").hidden = id === null;
  if (id === null) {
    shown.run = null;
    return;
  }
  const run = await ask(`/runs/${encodeURIComponent(id)}`);
  const { steps, next } = await ask(`/runs/${encodeURIComponent(id)}/steps?limit=500`);
  element("run-title").textContent = run.name;
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  element("run-facts").replaceChildren(
    status(run.status),
    ` · ${duration(run.startedAt, run.endedAt)} · ${startedBy(run.trigger)} · commit ${run.commit.slice(0, 8)}`,
    params.length === 0 ? "" : ` · ${params.join(" ")}`,
    run.reason === null ? "" : ` · ${run.reason} `,
    run.endedAt === null ? button("Cancel", () => cancelRun(run)) : "",
  );
  const rows = steps.map((step) => [
    step.attempt > 0 && step.iterations === null
      ? button(step.path, () => openLog(run, step), "plain")
      : text(step.path),
    text("", step.kind),
    status(step.status),
    step.attempt > 1 ? String(step.attempt) : "",
    text(duration(step.startedAt, step.endedAt)),
    text(step.reason ?? "", iterations(step)),
  ]);
  table("steps", ["step", "kind", "status", "attempt", "took", "why"], rows);
  if (next !== null) element("steps").append(text("", "The first 500 steps are shown."));
  // Once for each run that is chosen: later changes must not move what somebody is reading.
  if (shown.run !== id) element("run-section").scrollIntoView();
  shown.run = id;
}

async function showDeployments() {
  const { deployments } = await ask("/deployments?limit=10");
  const rows = deployments.map((deployment) => [
    status(deployment.status),
    text(deployment.project ?? "–", deployment.environment),
    text(deployment.commit.slice(0, 8), deployment.commitAuthor),
    text(deployment.commitSubject ?? ""),
    moment(deployment.endedAt),
    findings(deployment),
  ]);
  table("deployments", ["status", "project", "commit", "subject", "when", "result"], rows);
  if (rows.length === 0)
    empty("deployments", "No commit was seen yet: they appear here as soon as a repository is followed.");
}

function findings({ diagnostics, reason }) {
  const cell = text("", diagnostics.length === 0 ? reason : null);
  for (const { file, line, column, severity, code, message } of diagnostics.slice(0, 20)) {
    const place = document.createElement("div");
    place.append(text("", `${file}:${line}:${column}`), ` ${severity} ${code}: ${message}`);
    cell.append(place);
  }
  return cell;
}

async function startRun({ project, workflow, environment }) {
  const path = [project, workflow].map(encodeURIComponent).join("/");
  const requestId = crypto.randomUUID();
  const query = new URLSearchParams({ environment });
  const run = await attempt(() => send(`/workflows/${path}/runs?${query}`, { requestId, by: "page" }));
  if (run !== null) location.hash = run.id;
}

async function cancelRun({ id }) {
  await attempt(() =>
    send(`/runs/${encodeURIComponent(id)}/cancel`, { by: "page", reason: "canceled on the page" }),
  );
  refresh("run");
}

async function openLog(run, { path, attempt }) {
  closeLog();
  const reading = { open: true };
  shown.log = reading;
  const log = element("log");
  element("log-title").textContent = `Log of ${path}, attempt ${attempt}`;
  element("log-title").hidden = log.hidden = false;
  for (let offset = 0; reading.open;) {
    const query = new URLSearchParams({ path, attempt, offset });
    const page = await ask(`/runs/${encodeURIComponent(run.id)}/logs?${query}`).catch(() => null);
    if (!reading.open || page === null) return;
    for (const line of page.lines) {
      const row = text(`${line.text}\n`);
      row.className = line.stream;
      log.append(row);
    }
    while (log.childElementCount > LOG_LINES_MAX) log.firstElementChild.remove();
    if (page.ended) return;
    if (page.nextOffset === offset) await new Promise((resolve) => setTimeout(resolve, LOG_POLL_MS));
    offset = page.nextOffset;
  }
}

function closeLog() {
  if (shown.log !== null) shown.log.open = false;
  shown.log = null;
  element("log").replaceChildren();
  element("log").hidden = element("log-title").hidden = true;
}

function selectedRun() {
  return decodeURIComponent(location.hash.slice(1)) || null;
}

async function attempt(work) {
  try {
    const answer = await work();
    problem(null);
    return answer;
  } catch (error) {
    problem(error.message);
    return null;
  }
}

function runLink({ id, name }) {
  const made = document.createElement("a");
  made.href = `#${encodeURIComponent(id)}`;
  made.append(name);
  return made;
}

function iterations({ iterations: all }) {
  if (all === null) return "";
  return `${all.succeeded} of ${all.total} succeeded, ${all.failed} failed, ${all.running} running`;
}

function startedBy(trigger) {
  if (trigger.kind === "manual") return trigger.by;
  if (trigger.kind === "schedule") return `schedule ${trigger.schedule}`;
  if (trigger.kind === "all") return `signals ${Object.keys(trigger.signals).join(", ")}`;
  return trigger.kind === "signal" ? `signal ${trigger.signal}` : `workflow ${trigger.workflow}`;
}
