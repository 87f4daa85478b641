/**
 * The page, by the public API only. Everything that is shown is written as text, never as markup: names, reasons and
 * logs come from outside. Live: the event stream says what changed, and the part of the page that shows it is read anew.
 */
const API = "/api/v1";
const GOOD = ["succeeded", "active"];
const BAD = ["failed", "timed_out", "upstream_failed", "refused"];
const BUSY = ["running", "starting", "retrying", "held"];
const REFRESH_AFTER_MS = 150;
const LOG_POLL_MS = 1000;
const LOG_LINES_MAX = 5000;

const shown = { log: null, run: null, stale: new Set(), timer: null };

const PARTS = { workflows: showWorkflows, runs: showRuns, run: showRun, deployments: showDeployments };

window.addEventListener("hashchange", () => {
  closeLog();
  refresh("run");
});
refresh("workflows", "runs", "run", "deployments");
followEvents();

function followEvents() {
  const events = new EventSource(`${API}/events`);
  const live = element("live");
  const say = (state, text) => {
    live.dataset.state = state;
    live.textContent = text;
  };
  events.onopen = () => say("live", "live");
  events.onerror = () => say("lost", "the service is away; trying again");
  events.addEventListener("run", () => refresh("workflows", "runs", "run"));
  events.addEventListener("step", (event) => {
    if (JSON.parse(event.data).runId === selectedRun()) refresh("run");
  });
  events.addEventListener("deployment", () => refresh("workflows", "deployments"));
  events.addEventListener("repository", () => refresh("deployments"));
  events.addEventListener("reset", () => refresh(...Object.keys(PARTS)));
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
    problem(error.message);
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
  table("workflows", ["workflow", "version", "last run", "", "next run", ""], rows);
  if (rows.length === 0) empty("workflows", "Nothing is deployed yet: headwater repo add URL");
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
  table("runs", ["run", "status", "started by", "created", "took", ""], rows);
  if (rows.length === 0) empty("runs", "Nothing has run yet.");
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
    text(step.attempt > 1 ? `attempt ${step.attempt}` : ""),
    text(duration(step.startedAt, step.endedAt)),
    text(step.reason ?? "", iterations(step)),
  ]);
  table("steps", ["step", "kind", "status", "", "took", ""], rows);
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
  table("deployments", ["status", "project", "commit", "", "when", ""], rows);
  if (rows.length === 0) empty("deployments", "No commit was seen yet.");
}

function findings({ diagnostics, reason }) {
  const cell = text("", reason);
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

function send(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function ask(path, request) {
  const response = await fetch(API + path, request);
  const answer = await response.json();
  if (!response.ok) throw new TypeError(answer.error.message);
  return answer;
}

function problem(message) {
  element("problem").hidden = message === null;
  element("problem").textContent = message ?? "";
}

function table(id, titles, rows) {
  const made = document.createElement("table");
  made.append(row("th", titles), ...rows.map((cells) => row("td", cells)));
  element(id).replaceChildren(made);
}

function row(kind, cells) {
  const made = document.createElement("tr");
  for (const content of cells) {
    const cell = document.createElement(kind);
    cell.append(content);
    made.append(cell);
  }
  return made;
}

function empty(id, words) {
  element(id).replaceChildren(text("", words));
}

function text(words, quiet) {
  const made = document.createElement("span");
  made.append(words);
  if (!quiet) return made;
  const aside = document.createElement("span");
  aside.className = "quiet";
  aside.append(words === "" ? quiet : ` ${quiet}`);
  made.append(aside);
  return made;
}

function status(name) {
  const made = text(name.replaceAll("_", " "));
  const mood = GOOD.includes(name) ? "good" : BAD.includes(name) ? "bad" : BUSY.includes(name) ? "busy" : "";
  made.className = `status ${mood}`;
  return made;
}

function runLink({ id, name }) {
  const made = document.createElement("a");
  made.href = `#${encodeURIComponent(id)}`;
  made.append(name);
  return made;
}

function button(label, act, style = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = style;
  made.append(label);
  made.addEventListener("click", act);
  return made;
}

function moment(at) {
  const made = document.createElement("time");
  made.dateTime = new Date(at).toISOString();
  made.append(new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" }));
  return made;
}

function duration(from, to) {
  if (from === null) return "";
  const seconds = ((to ?? new Date().getTime()) - from) / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 0)} s${to === null ? " …" : ""}`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
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

function element(id) {
  return document.getElementById(id);
}
