/** What somebody may do to a step of a run, each with why: what of it now, the service says. */
import { send } from "./ask.js";
import { askFor } from "./dialog.js";
import { button } from "./elements.js";
import { who } from "./who.js";

/** Of what may be done at all; answers to approvals and how many iterations go at once have buttons of their own. */
const CHANGES = {
  "Begin its next try now": "retry",
  Resume: "resume",
  "Go on without its signals": "bypass",
  "Do it again, and what follows": "restart",
  "Skip it": "skip",
  "Pause it": "pause",
};

/** Buttons that ask what is to be done and why; none for a step to which nothing can be done. */
export function changeButtons(run, step, readAgain) {
  const choices = Object.keys(CHANGES).filter((label) => step.actions.includes(CHANGES[label]));
  const change = button("Change …", () => changeStep({ run, step, choices }, readAgain));
  const widen = button("At once …", () => setMaxParallel(run, step, readAgain));
  return [
    ...(choices.length === 0 ? [] : [change]),
    ...(step.actions.includes("set_max_parallel") ? [widen] : []),
  ];
}

const WHY = { name: "reason", label: "Why", hint: "kept with the run" };

/** How many iterations of a loop go on at once, from now on. */
async function setMaxParallel(run, { path }, readAgain) {
  const count = {
    name: "count",
    label: "Iterations at once",
    hint: "of this loop of this run, from now on",
    required: true,
    type: "number",
    min: 1,
  };
  const ask = { title: `How many iterations of ${path} at once?`, fields: [count, WHY], choices: ["Set"] };
  await askFor(ask, ({ words }) =>
    request(run, {
      action: "set_max_parallel",
      path,
      maxParallel: Number(words.count),
      reason: words.reason,
    }),
  );
  readAgain();
}

async function changeStep({ run, step, choices }, readAgain) {
  const fields = [WHY];
  const title = `Change ${step.path} of ${run.name}`;
  await askFor({ title, fields, choices }, ({ choice, words }) =>
    request(run, { action: CHANGES[choice], path: step.path, reason: words.reason }),
  );
  readAgain();
}

function request({ id }, action) {
  return send(`/runs/${encodeURIComponent(id)}/actions`, { ...action, by: who() });
}
