/** The section of the page that shows one run: its steps, each loop with what of it needs attention, and the log of a step. */
import { approvalButtons } from "./approval.js";
import { ask, attempt, send } from "./ask.js";
import { button, element, empty, loading, since, startedBy, status, table, text } from "./elements.js";

const LOG_POLL_MS = 1000;
const LOG_LINES_MAX = 5000;
/** Of so many steps the page knows; the command line has all. */
const STEPS_READ_MAX = 1000;
/** So many iterations of one loop are shown: until somebody asks for them only those that nobody may miss. */
const ITERATIONS_SHOWN_MAX = 500;
const ATTENTION_SHOWN_MAX = 20;
const CALM = ["succeeded", "skipped", "waiting", "queued", "starting"];

const shown = { log: null, run: null, isNew: false, opened: new Set(), readAgain: () => undefined };

/** The run that the address names; null when it names none. */
export function selectedRun() {
  return decodeURIComponent(location.hash.slice(1)) || null;
}

/** Reads the chosen run and shows it; `readAgain` is what a button calls that changed it. */
export async function showRun(readAgain) {
  const id = selectedRun();
  shown.readAgain = readAgain;
  element("run-section").hidden = id === null;
  if (shown.run !== id) begin(id);
  if (id === null) return;
  const path = `/runs/${encodeURIComponent(id)}`;
  const [run, { steps, next }] = await Promise.all([ask(path), ask(`${path}/steps?limit=${STEPS_READ_MAX}`)]);
  // Another one was chosen meanwhile.
  if (selectedRun() !== id) return;
  showFacts(run);
  table("steps", ["step", "kind", "status", "attempt", "took", "why"], rowsOf(run, steps));
  if (steps.length === 0) empty("steps", "No step has begun: the run waits for its turn.");
  if (next !== null)
    element("steps").append(text("", `The first ${STEPS_READ_MAX} steps are read; headwater show has all.`));
}

/** Leads the reader to a run that was just chosen, once: later changes must not move what somebody is reading. */
export function reveal() {
  if (shown.isNew) element("run-section").scrollIntoView();
  shown.isNew = false;
}

/** Takes the log away that is open. */
export function closeLog() {
  if (shown.log !== null) shown.log.open = false;
  shown.log = null;
  element("log").replaceChildren();
  element("log").hidden = element("log-title").hidden = true;
}

function begin(id) {
  shown.run = id;
  shown.isNew = id !== null;
  shown.opened.clear();
  if (id === null) return;
  element("run-title").textContent = "Run";
  element("run-facts").replaceChildren();
  loading("steps");
}

function showFacts(run) {
  element("run-title").textContent = run.name;
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  element("run-facts").replaceChildren(
    status(run.status),
    " · ",
    since(run.startedAt, run.endedAt),
    ` · ${startedBy(run.trigger)} · commit ${run.commit.slice(0, 8)} `,
    params.length === 0 ? "" : `· ${params.join(" ")} `,
    run.reason === null ? "" : `· ${run.reason} `,
    run.endedAt === null ? button("Cancel", () => cancel(run)) : "",
  );
}

/** Each step in its place; under a loop its iterations, by number. */
function rowsOf(run, steps) {
  const paths = new Set(steps.map(({ path }) => path));
  const inner = new Map();
  const top = [];
  for (const step of steps) {
    const loop = loopOf(step.path);
    const level = paths.has(loop) ? (inner.get(loop) ?? []) : top;
    level.push(step);
    if (level !== top) inner.set(loop, level);
  }
  return rowsOfLevel(top, 0, { run, inner });
}

function rowsOfLevel(level, depth, context) {
  return level.flatMap((step) => {
    const iterations = context.inner.get(step.path) ?? [];
    const listed = shown.opened.has(step.path)
      ? iterations.slice(0, ITERATIONS_SHOWN_MAX)
      : iterations.filter((inner) => !CALM.includes(inner.status)).slice(0, ATTENTION_SHOWN_MAX);
    listed.sort((a, b) => iterationOf(a.path) - iterationOf(b.path));
    const row = rowOf(step, depth, { ...context, inner: iterations.length });
    return [row, ...rowsOfLevel(listed, depth + 1, context)];
  });
}

function rowOf(step, depth, { run, inner }) {
  const name =
    step.attempt > 0 && step.iterations === null
      ? button(step.path, () => openLog(run, step), "plain")
      : text(step.path);
  if (depth > 0) name.classList.add("inner");
  return [
    name,
    text("", step.kind),
    status(step.status),
    step.attempt > 1 ? String(step.attempt) : "",
    since(step.startedAt, step.endedAt),
    reasonOf(run, step, inner),
  ];
}

function reasonOf(run, step, inner) {
  const cell = text(step.reason ?? "", iterations(step));
  cell.append(...approvalButtons(run, step, () => shown.readAgain()));
  if (inner === 0) return cell;
  const isOpen = shown.opened.has(step.path);
  cell.append(
    " ",
    button(isOpen ? "Hide iterations" : "Show iterations", () => toggle(step.path)),
  );
  return cell;
}

function toggle(path) {
  if (!shown.opened.delete(path)) shown.opened.add(path);
  shown.readAgain();
}

function iterations({ iterations: all }) {
  if (all === null) return "";
  return `${all.succeeded} of ${all.total} succeeded, ${all.failed} failed, ${all.running} running`;
}

/** `load` of `load[3].copy`. */
function loopOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("[")));
}

function iterationOf(path) {
  return Number(path.slice(path.lastIndexOf("[") + 1, path.lastIndexOf("]")));
}

async function cancel({ id }) {
  const body = { by: "page", reason: "canceled on the page" };
  await attempt(() => send(`/runs/${encodeURIComponent(id)}/cancel`, body));
  shown.readAgain();
}

async function openLog(run, { path, attempt: number }) {
  closeLog();
  const reading = { open: true };
  shown.log = reading;
  const log = element("log");
  element("log-title").textContent = `Log of ${path}, attempt ${number}`;
  element("log-title").hidden = log.hidden = false;
  element("log-title").scrollIntoView();
  for (let offset = 0; reading.open;) {
    const query = new URLSearchParams({ path, attempt: number, offset });
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
