/** Answers a step that waits for approval. */
import { attempt, send } from "./ask.js";
import { askFor } from "./dialog.js";
import { button } from "./elements.js";

/** Where this browser keeps who sits at it. */
const NAME = "headwater-name";

/** The buttons beside a step that waits for an answer; `done` is called when it has one. */
export function approvalButtons(run, step, done) {
  if (!step.actions.includes("approve")) return [];
  const answer = async (first, second) => {
    const isDone = await answerStep(run, step, [first, second]);
    if (isDone) done();
  };
  return [
    " ",
    button("Approve", () => void answer("Approve", "Reject")),
    " ",
    button("Reject", () => void answer("Reject", "Approve")),
  ];
}

async function answerStep({ id, name }, { path, reason }, choices) {
  const fields = [
    { name: "by", label: "Your name", hint: "as the approvers are named", value: savedName() },
    { name: "comment", label: "Comment", hint: "kept with the run" },
  ];
  const answer = await askFor(`${name}, ${path}: ${reason ?? "waits for approval"}`, fields, choices);
  if (answer === null) return false;
  const { by, comment } = answer.words;
  localStorage.setItem(NAME, by);
  const body = { path, approved: answer.choice === "Approve", comment, by: by === "" ? "page" : by };
  return (await attempt(() => send(`/runs/${encodeURIComponent(id)}/approvals`, body))) !== null;
}

function savedName() {
  return localStorage.getItem(NAME) ?? "";
}
