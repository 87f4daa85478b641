/** What somebody may do to a step of a run, each with why: what of it now, the service says. */
import { send } from "./ask.js";
import { askFor } from "./dialog.js";
import { button } from "./elements.js";
import { who } from "./who.js";

/** Of what may be done at all; the command line has the rest, and answers approvals have buttons of their own. */
const CHANGES = {
  "Begin its next try now": "retry",
  Resume: "resume",
  "Go on without its signals": "bypass",
  "Do it again, and what follows": "restart",
  "Skip it": "skip",
  "Pause it": "pause",
};

/** A button that asks what is to be done and why; nothing for a step to which nothing can be done. */
export function changeButton(run, step, readAgain) {
  const choices = Object.keys(CHANGES).filter((label) => step.actions.includes(CHANGES[label]));
  return choices.length === 0 ? [] : [button("Change …", () => change({ run, step, choices }, readAgain))];
}

async function change({ run, step, choices }, readAgain) {
  const fields = [{ name: "reason", label: "Why", hint: "kept with the run" }];
  const title = `Change ${step.path} of ${run.name}`;
  await askFor({ title, fields, choices }, ({ choice, words }) =>
    send(`/runs/${encodeURIComponent(run.id)}/actions`, {
      action: CHANGES[choice],
      path: step.path,
      by: who(),
      reason: words.reason,
    }),
  );
  readAgain();
}
