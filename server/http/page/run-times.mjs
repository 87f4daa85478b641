/** Where the time of a run went: the steps as bars, with those marked that determined its end. Read when somebody opens it. */
import { ask } from "./ask.js";
import { duration, element, problem } from "./elements.js";

/** In the order in which they are told, each with what a person calls it. */
const KINDS = {
  execution: "execution",
  run: "another run",
  worker: "a worker",
  slot: "a slot",
  permit: "permits",
  starting: "its start",
  place: "a place in the run",
  retry: "the next try",
  signal: "signals",
  approval: "approval",
  sleep: "sleep",
  pause: "paused",
  schedule: "after its slot",
  turn: "its turn",
  idle: "nothing under way",
};
/** A run that goes on is read anew, but no more often than this. */
const AGAIN_AFTER_MS = 2000;

const shown = { run: null, readAt: 0, isReading: false };

element("run-times").addEventListener("toggle", () => void showTimes(shown.run));

/** Another run is chosen; null for none. */
export function closeTimes() {
  element("run-times").open = false;
  element("run-times-content").replaceChildren();
  shown.run = null;
  shown.readAt = 0;
}

/** Shows it where somebody has opened it. */
export async function showTimes(run) {
  shown.run = run;
  const isFresh = performance.now() - shown.readAt < AGAIN_AFTER_MS && run?.endedAt === null;
  if (run === null || !element("run-times").open || shown.isReading || isFresh) return;
  shown.isReading = true;
  try {
    const times = await ask(`/runs/${encodeURIComponent(run.id)}/critical-path`);
    if (shown.run?.id === run.id) render(times);
  } catch (error) {
    problem(error.message);
  } finally {
    shown.isReading = false;
    shown.readAt = performance.now();
  }
}

function render(times) {
  element("run-times-content").replaceChildren(
    summary(times),
    heading("What determined its end, one after the other"),
    chart(pathRows(times), times, "Critical path"),
    heading("All steps"),
    chart(stepRows(times), times, "Steps"),
  );
}

function heading(words) {
  const made = document.createElement("h3");
  made.append(words);
  return made;
}

/** Each kind with its time, the most first: it explains the colours too. */
function summary({ spent, from, to }) {
  const made = document.createElement("ul");
  made.className = "kinds";
  made.setAttribute("aria-label", "What its time went to");
  for (const [kind, ms] of Object.entries(spent).sort(([, one], [, other]) => other - one)) {
    if (ms === 0) continue;
    const line = document.createElement("li");
    const share = Math.round((100 * ms) / Math.max(1, to - from));
    line.append(swatch(kind), `${KINDS[kind]} ${took(ms)}`, quiet(` ${share} %`));
    made.append(line);
  }
  return made;
}

function pathRows({ parts }) {
  return parts.map(({ path, count, spans, spent, from, to }) => ({
    name: `${path ?? "(the run)"}${count > 1 ? `, ${count} steps in a row` : ""}`,
    words: wordsOf(spent, to - from),
    spans: spans.length > 0 ? spans : [{ kind: mostOf(spent), from, to, isFolded: true }],
    isOnPath: true,
  }));
}

function stepRows({ steps }) {
  return steps.map(({ path, spans, from, to, isOnPath }) => ({
    name: path,
    words: `${wordsOf(sumOf(spans), to - from)}${isOnPath ? "; on the critical path" : ""}`,
    spans,
    isOnPath,
  }));
}

/** One row for each: its name and words, and under them a bar on the time line of the run. */
function chart(rows, { from, to }, label) {
  const made = document.createElement("ol");
  made.className = "times";
  made.setAttribute("aria-label", label);
  // It scrolls when it is long, which the keyboard must be able to do.
  made.tabIndex = 0;
  made.append(...rows.map((row) => rowOf(row, { from, lasts: Math.max(1, to - from) })));
  return made;
}

function rowOf({ name, words, spans, isOnPath }, { from, lasts }) {
  const row = document.createElement("li");
  if (isOnPath) row.className = "on-path";
  const title = document.createElement("span");
  title.className = "name";
  title.append(name, quiet(` ${words}`));
  const line = document.createElement("span");
  line.className = "line";
  line.setAttribute("aria-hidden", "true");
  for (const span of spans) {
    const bar = document.createElement("span");
    bar.className = `kind-${span.kind}${span.isFolded ? " folded" : ""}`;
    bar.style.left = `${(100 * (span.from - from)) / lasts}%`;
    bar.style.width = `${(100 * (span.to - span.from)) / lasts}%`;
    bar.title = `${KINDS[span.kind]} ${took(span.to - span.from)}`;
    line.append(bar);
  }
  row.append(title, line);
  return row;
}

function wordsOf(spent, lasted) {
  const told = Object.entries(spent).filter(([, ms]) => ms > 0);
  if (told.length <= 1) return told.length === 0 ? took(lasted) : `${KINDS[told[0][0]]} ${took(lasted)}`;
  const parts = told
    .sort(([, one], [, other]) => other - one)
    .map(([kind, ms]) => `${KINDS[kind]} ${took(ms)}`);
  return `${took(lasted)}: ${parts.join(", ")}`;
}

function mostOf(spent) {
  const [first] = Object.entries(spent).sort(([, one], [, other]) => other - one);
  return first?.[0] ?? "idle";
}

function sumOf(spans) {
  const spent = {};
  for (const { kind, from, to } of spans) spent[kind] = (spent[kind] ?? 0) + to - from;
  return spent;
}

function took(ms) {
  return duration(0, ms);
}

function swatch(kind) {
  const made = document.createElement("span");
  made.className = `swatch kind-${kind}`;
  made.setAttribute("aria-hidden", "true");
  return made;
}

function quiet(words) {
  const made = document.createElement("span");
  made.className = "quiet";
  made.append(words);
  return made;
}
