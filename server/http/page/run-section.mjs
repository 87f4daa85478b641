/** The section of the page that shows one run: its facts, what may be done to it, and its steps. */
import { ask } from "./ask.js";
import { runButtons } from "./change-run.js";
import { element, empty, loading, momentText, renew, since, startedBy, status } from "./elements.js";
import { chosenEnvironment, DEFAULT_ENVIRONMENT } from "./environment.js";
import { progress } from "./progress.js";
import { closeLoops, readSteps, showSteps } from "./run-steps.js";
import { closeTimes, showTimes } from "./run-times.js";

const shown = { run: null, isNew: false };

/** The run that the address names; null when it names none. Runs of before 0.2 were told that they are at `#/runs/ID`. */
export function selectedRun() {
  return decodeURIComponent(location.hash.replace(/^#(?:\/runs\/)?/, "")) || null;
}

/** Reads the chosen run and shows it; `readAgain` is what a button calls that changed it. */
export async function showRun(readAgain) {
  const id = selectedRun();
  element("run-section").hidden = id === null;
  if (shown.run !== id) begin(id);
  if (id === null) return;
  const [run, steps] = await readRun(id).catch((error) => {
    // It would be loading for ever.
    if (selectedRun() === id && shown.isNew) empty("steps", error.message);
    throw error;
  });
  // Another one was chosen meanwhile.
  if (selectedRun() !== id) return;
  showFacts(run, readAgain);
  showSteps(run, steps, readAgain);
  void showTimes(run);
}

/** A name is of a run in the environment that the lists are of; an id is of one anywhere. */
async function readRun(id) {
  const query = new URLSearchParams({ environment: chosenEnvironment() });
  const run = await ask(`/runs/${encodeURIComponent(id)}?${query}`);
  return [run, await readSteps(run.id)];
}

/** Leads the reader to a run that was just chosen, once: later changes must not move what somebody is reading. */
export function reveal() {
  if (shown.isNew) {
    element("run-section").scrollIntoView();
    // Who has chosen it by the keyboard goes on from there.
    element("run-title").focus({ preventScroll: true });
  }
  shown.isNew = false;
}

function begin(id) {
  shown.run = id;
  shown.isNew = id !== null;
  closeLoops();
  closeTimes();
  if (id === null) return;
  element("run-title").textContent = "Run";
  element("run-facts").replaceChildren();
  element("run-progress").replaceChildren();
  element("run-actions").replaceChildren();
  loading("steps");
}

function showFacts(run, readAgain) {
  element("run-title").textContent = run.attempt > 1 ? `${run.name}, attempt ${run.attempt}` : run.name;
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const facts = [
    run.environment === DEFAULT_ENVIRONMENT ? "" : `in ${run.environment}`,
    run.startedAt === null ? "" : since(run.startedAt, run.endedAt),
    `by ${startedBy(run.trigger)}`,
    `commit ${run.commit.slice(0, 8)}`,
    params.join(" "),
    run.isPaused ? "paused: nothing more of it begins" : "",
    dueText(run),
    run.reason ?? "",
  ];
  const words = facts.filter((fact) => fact !== "").flatMap((fact) => [" · ", fact]);
  element("run-facts").replaceChildren(status(run.status), ...words);
  element("run-progress").replaceChildren(progress(run.jobs, run.endedAt !== null));
  renew("run-actions", ...runButtons(run, readAgain));
}

/** By when it should have ended, where that is known. */
function dueText({ dueAt, lateAt }) {
  if (dueAt === null) return "";
  const due = momentText(dueAt);
  return lateAt === null ? `due ${due}` : `late: was due ${due}`;
}
