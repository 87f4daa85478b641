/** What somebody may do to a workflow: whether its runs begin. */
import { attempt, send } from "./ask.js";
import { askFor } from "./dialog.js";
import { button } from "./elements.js";
import { who } from "./who.js";

const WHY = { name: "reason", label: "Why", hint: "kept with the workflow" };

/** The button that pauses it, or lets it go on; `readAgain` is called when it was done. */
export function pauseButton(workflow, readAgain) {
  const [label, act] = workflow.paused === null ? ["Pause", pause] : ["Resume", resume];
  return button(label, async () => {
    await attempt(() => act(workflow));
    readAgain();
  });
}

function pause(workflow) {
  const title = `Begin no run of ${workflow.project} / ${workflow.workflow}?`;
  return askFor({ title, fields: [WHY], choices: ["Pause the workflow"] }, ({ words: { reason } }) =>
    change(workflow, "pause", { reason }),
  );
}

function resume(workflow) {
  return change(workflow, "resume", {});
}

function change({ project, workflow, environment }, action, body) {
  const path = [project, workflow, action].map(encodeURIComponent).join("/");
  return send(`/workflows/${path}?${new URLSearchParams({ environment })}`, { ...body, by: who() });
}
