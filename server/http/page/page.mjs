/**
 * The page, by the public API only. Live: the event stream says what changed, and the part of the page that shows it is
 * read anew.
 */
import { API, ask, attempt, send, SignInNeeded } from "./ask.js";
import { pauseButton } from "./change-workflow.js";
import { showDeployments } from "./deployments.js";
import { askFor } from "./dialog.js";
import {
  button,
  code,
  element,
  empty,
  loading,
  mark,
  moment,
  problem,
  side,
  since,
  startedBy,
  status,
  table,
  text,
  tick,
} from "./elements.js";
import { chosenEnvironment, followEnvironment, showEnvironments } from "./environment.js";
import { progress } from "./progress.js";
import { startRun } from "./start-run.js";
import { closeLog } from "./run-log.js";
import { reveal, selectedRun, showRun } from "./run-section.js";
import { wayBack } from "./way-back.js";

const REFRESH_AFTER_MS = 150;
const RETRY_MS = 3000;
const TICK_MS = 1000;
/** How many a list shows at first. */
const FIRST = { workflows: 200, runs: 20 };
const MOST = 1000;
const HERE = "Here";
const EVERYWHERE = "In all browsers";

const shown = { ...FIRST, stale: new Set(), timer: null, lastReadingMs: 0 };

const PARTS = {
  environments: readEnvironments,
  workflows: showWorkflows,
  runs: showRuns,
  run: () => showRun(() => refresh("run")),
  deployments: showDeployments,
};

window.addEventListener("hashchange", () => {
  closeLog();
  for (const part of ["runs", "run"]) shown.stale.add(part);
  void showStale();
});
element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn();
});
element("sign-out").addEventListener("click", () => void signOut());
followEnvironment(() => refreshLists());
setInterval(() => tick(), TICK_MS);
void begin();

/** Shows the page to who may see it, and the form to sign in to who may not yet. */
async function begin() {
  try {
    const { tokenNeeded } = await ask("/session");
    admit(true);
    element("sign-out").hidden = !tokenNeeded;
    for (const part of ["workflows", "runs", "deployments"]) loading(part);
    await showEnvironments();
    for (const part of Object.keys(PARTS)) shown.stale.add(part);
    followEvents();
    await showStale();
  } catch (error) {
    if (error instanceof SignInNeeded) return admit(false);
    live("lost", "the service is away; trying again");
    setTimeout(() => void begin(), RETRY_MS);
  }
}

function admit(isAdmitted) {
  element("content").hidden = !isAdmitted;
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
  const back = wayBack();
  if (back !== null) return location.assign(back);
  await begin();
}

async function signOut() {
  const answer = await askFor({ title: "Sign out?", choices: [HERE, EVERYWHERE] }, ({ choice }) =>
    ask(choice === EVERYWHERE ? "/session?everywhere=true" : "/session", { method: "DELETE" }),
  );
  if (answer !== null) location.reload();
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
  events.addEventListener("workflow", () => refresh("workflows", "runs", "run"));
  events.addEventListener("deployment", () => refresh("environments", "workflows", "deployments"));
  events.addEventListener("repository", () => refresh("deployments"));
  events.addEventListener("reset", () => refresh(...Object.keys(PARTS)));
}

function live(state, words) {
  element("live").dataset.state = state;
  element("live").textContent = words;
}

/** What is shown of a list, of the environment that is chosen. */
function listOf(name) {
  return `/${name}?${new URLSearchParams({ limit: shown[name], environment: chosenEnvironment() })}`;
}

/** Those of another environment come; where it was looked in the lists of before is of no use. */
function refreshLists() {
  Object.assign(shown, FIRST);
  const lists = ["workflows", "runs", "deployments"];
  for (const list of lists) loading(list);
  refresh(...lists);
}

/** Which one is meant where the address names none may be another one now. */
async function readEnvironments() {
  const before = chosenEnvironment();
  await showEnvironments();
  if (chosenEnvironment() !== before) refreshLists();
}

/** Many changes in a moment are one reading, and a slow reading is not at once followed by the next. */
function refresh(...parts) {
  for (const part of parts) shown.stale.add(part);
  shown.timer ??= setTimeout(() => void showStale(), Math.max(REFRESH_AFTER_MS, 3 * shown.lastReadingMs));
}

async function showStale() {
  const stale = [...shown.stale];
  shown.stale.clear();
  clearTimeout(shown.timer);
  shown.timer = null;
  const from = performance.now();
  const answers = await Promise.allSettled(stale.map((part) => PARTS[part]()));
  shown.lastReadingMs = performance.now() - from;
  reveal();
  const errors = answers.flatMap(({ reason }) => reason ?? []);
  if (errors.some((error) => error instanceof SignInNeeded)) admit(false);
  else problem(errors[0]?.message ?? null);
}

async function showWorkflows() {
  const { workflows, next } = await ask(listOf("workflows"));
  const rows = workflows.map((workflow) => [
    text(`${workflow.project} / ${workflow.workflow}`, workflow.description),
    text(`v${workflow.versionNumber}`, `commit ${workflow.commit.slice(0, 8)}`),
    workflow.lastRun === null ? text("never ran") : runLink(workflow.lastRun),
    workflow.lastRun === null ? "" : status(workflow.lastRun.status),
    nextRun(workflow),
    side(
      button("Run", () => run(workflow)),
      pauseButton(workflow, () => refresh("workflows")),
    ),
  ]);
  table("workflows", ["workflow", "version", "last run", "status", "next run", ""], rows);
  offerMore("workflows", next);
  if (rows.length > 0) return;
  const { repositories } = await ask("/repositories");
  if (repositories.length === 0)
    empty("workflows", "No repository is followed yet. Add one: ", code("headwater repo add URL"));
  else
    empty(
      "workflows",
      `No workflow is deployed in ${chosenEnvironment()}; what became of each commit is under Deployments.`,
    );
}

function nextRun({ paused, nextFireAt }) {
  if (paused !== null) return text("paused", [`by ${paused.by}`, paused.reason].filter(Boolean).join(": "));
  return nextFireAt === null ? text("", "not scheduled") : moment(nextFireAt);
}

async function showRuns() {
  const { runs, next, historyBegin } = await ask(listOf("runs"));
  const rows = runs.map((run) => [
    runLink(run),
    status(run.status),
    text(startedBy(run.trigger)),
    moment(run.createdAt),
    since(run.startedAt, run.endedAt),
    progress(run.jobs, run.endedAt !== null),
    text("", run.reason),
  ]);
  table("runs", ["run", "status", "started by", "created", "took", "jobs", "why"], rows);
  mark(
    "runs",
    runs.findIndex(({ id, name }) => [id, name].includes(selectedRun())),
  );
  offerMore("runs", next);
  if (rows.length === 0)
    empty("runs", "Nothing has run yet. Press Run beside a workflow, or wait for its schedule.");
  if (historyBegin !== null)
    element("runs").append(
      text("", "Runs that ended until "),
      moment(historyBegin),
      text("", " may be gone."),
    );
}

/** Where a list ends before all is told, it says so; `next` is null where it does not. */
function offerMore(list, next) {
  if (next === null) return;
  if (shown[list] < MOST) return element(list).append(button("Show more", () => showMore(list)));
  element(list).append(text("", `The first ${MOST} are shown. The command line lists others:`), " ");
  element(list).append(code(`headwater ${list}`));
}

function showMore(list) {
  shown[list] = Math.min(MOST, shown[list] * 2);
  refresh(list);
}

async function run(workflow) {
  const started = await startRun(workflow);
  if (started !== null) location.hash = started.id;
}

function runLink({ id, name }) {
  const made = document.createElement("a");
  made.href = `#${encodeURIComponent(id)}`;
  made.append(name);
  return made;
}
