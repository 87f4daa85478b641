/** The steps of a run: those of no loop all, and under each loop what of it needs attention, however many iterations it has. */
import { approvalButtons } from "./approval.js";
import { ask } from "./ask.js";
import { changeButtons } from "./change-step.js";
import { button, empty, since, status, table, text } from "./elements.js";
import { progress } from "./progress.js";
import { openLog } from "./run-log.js";

/** What went wrong, and what goes on: nobody may miss them in a loop. What follows from a failure is not of them. */
const WRONG = ["failed", "timed_out", "ignored_failure"];
const BUSY = ["running", "retrying", "paused", "waiting_for_signal"];
const OVER = [
  "succeeded",
  "failed",
  "timed_out",
  "canceled",
  "skipped",
  "upstream_failed",
  "ignored_failure",
];
/** A workflow has no more steps than this, nested ones included. */
const STEPS_MAX = 1000;
/** So many of each of the two are read of a run, and so many are shown of a loop. */
const ATTENTION_READ_MAX = 200;
const ATTENTION_SHOWN_MAX = 20;
/** So many iterations are shown of a loop that somebody has opened; the command line has all. */
const ITERATIONS_SHOWN_MAX = 500;

const shown = { opened: new Set(), isLooking: false };

/** Another run is chosen. */
export function closeLoops() {
  shown.opened.clear();
}

/** What of the steps is shown, in order of first change. */
export async function readSteps(runId) {
  const opened = [...shown.opened].map((loop) => ({ loop, limit: ITERATIONS_SHOWN_MAX }));
  const pages = await Promise.all(
    [
      { loop: "", limit: STEPS_MAX },
      { status: WRONG.join(","), limit: ATTENTION_READ_MAX },
      { status: BUSY.join(","), limit: ATTENTION_READ_MAX },
      ...opened,
    ].map((query) => ask(`/runs/${encodeURIComponent(runId)}/steps?${new URLSearchParams(query)}`)),
  );
  const steps = new Map(pages.flatMap((page) => page.steps).map((step) => [step.path, step]));
  return [...steps.values()].sort((a, b) => a.position - b.position);
}

/** `readAgain` is called when a button has changed something. */
export function showSteps(run, steps, readAgain) {
  table("steps", ["step", "kind", "status", "attempt", "took", "why"], rowsOf(steps, { run, readAgain }));
  const isOver = run.endedAt !== null;
  if (steps.length === 0)
    empty("steps", `No step has begun${isOver ? "." : ": the run waits for its turn."}`);
}

/** Each step in its place; under a loop its iterations, by number. */
function rowsOf(steps, context) {
  const paths = new Set(steps.map(({ path }) => path));
  const inner = new Map();
  const top = [];
  for (const step of steps) {
    const loop = loopShown(step.path, paths);
    const level = loop === "" ? top : (inner.get(loop) ?? []);
    level.push(step);
    if (loop !== "") inner.set(loop, level);
  }
  return rowsOfLevel(top, 0, { ...context, inner });
}

function rowsOfLevel(level, depth, context) {
  return level.flatMap((step) => {
    const iterations = context.inner.get(step.path) ?? [];
    const listed = shown.opened.has(step.path) ? iterations : attentionOf(iterations);
    const inOrder = listed.toSorted(
      (a, b) => iterationOf(a.path, step.path) - iterationOf(b.path, step.path),
    );
    const row = rowOf(step, depth, { ...context, listed });
    return [row, ...rowsOfLevel(inOrder, depth + 1, context)];
  });
}

/** What went wrong goes before what goes on. */
function attentionOf(iterations) {
  const wrong = iterations.filter((step) => WRONG.includes(step.status));
  const busy = iterations.filter((step) => BUSY.includes(step.status));
  return [...wrong, ...busy].slice(0, ATTENTION_SHOWN_MAX);
}

function rowOf(step, depth, context) {
  const name =
    step.attempt > 0 && step.iterations === null && step.kind !== "approval"
      ? button(step.path, () => openLog(context.run, step), "plain")
      : text(step.path);
  if (depth > 0) name.classList.add("inner");
  const labels = Object.entries(step.labels).map(([label, value]) => `${label}: ${value}`);
  return [
    name,
    text("", [step.kind, ...labels].join(", ")),
    status(step.status),
    step.attempt > 1 ? String(step.attempt) : "",
    since(step.startedAt, step.endedAt),
    reasonOf(step, context),
  ];
}

function reasonOf(step, { run, readAgain, listed }) {
  const cell = text(step.reason ?? "");
  cell.append(...approvalButtons(run, step, readAgain));
  for (const made of changeButtons(run, step, readAgain)) cell.append(" ", made);
  if (step.startedRun !== null) cell.append(runLine(step));
  if (run.attempt > (step.runAttempt ?? run.attempt) && isOver(step.status))
    cell.append(" ", text("", `kept from attempt ${step.runAttempt} of the run`));
  if (step.iterations !== null && step.iterations.total > 0) cell.append(loopLine(step, listed, readAgain));
  return cell;
}

/** The run that the step has started, and how far it is. */
function runLine({ startedRun, jobs, status: name }) {
  const line = document.createElement("div");
  const link = document.createElement("a");
  link.href = `#${encodeURIComponent(startedRun)}`;
  link.append("its run");
  line.append(link, " ", progress(jobs ?? {}, isOver(name)));
  return line;
}

function isOver(name) {
  return OVER.includes(name);
}

/** How its iterations stand, and a button that shows them. */
function loopLine({ path, status, jobs, iterations: all }, listed, readAgain) {
  const line = document.createElement("div");
  const within = progress(jobs ?? {}, isOver(status));
  const isOpen = shown.opened.has(path);
  const toggle = button(isOpen ? "Hide iterations" : "Show iterations", () => {
    if (!shown.opened.delete(path)) shown.opened.add(path);
    readAgain();
  });
  toggle.setAttribute("aria-expanded", String(isOpen));
  line.append(within, " ", text("", countsOf(all) + cutOf(listed.length, isOpen)), " ", toggle);
  return line;
}

function countsOf({ total, succeeded, failed, running, skipped }) {
  const counts = [
    [failed, "failed"],
    [running, "running"],
    [skipped, "skipped"],
  ];
  const others = counts.filter(([count]) => count > 0).map(([count, word]) => `, ${count} ${word}`);
  return `${succeeded} of ${total} iterations succeeded${others.join("")}`;
}

/** Nobody takes a part for the whole. */
function cutOf(count, isOpen) {
  if (count < (isOpen ? ITERATIONS_SHOWN_MAX : ATTENTION_SHOWN_MAX)) return "";
  return `; only ${count} steps of them are shown, headwater show has all`;
}

/** The innermost loop around a step that is shown itself; empty for none. */
function loopShown(path, paths) {
  const loop = loopOf(path);
  return loop === "" || paths.has(loop) ? loop : loopShown(loop, paths);
}

/** `load` of `load[3].copy`. */
function loopOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("[")));
}

/** 3 of `load[3].copy` in `load`. */
function iterationOf(path, loop) {
  return Number.parseInt(path.slice(loop.length + 1), 10);
}
