/** Answers a step that waits for approval. */
import { send } from "./ask.js";
import { askFor } from "./dialog.js";
import { button } from "./elements.js";
import { savedName, saveName } from "./who.js";

/** The buttons beside a step that waits for an answer; `done` is called when it has one. */
export function approvalButtons(run, step, done) {
  if (!step.actions.includes("approve")) return [];
  const answer = async (first, second) => {
    if ((await answerStep(run, step, [first, second])) !== null) done();
  };
  return [
    " ",
    button("Approve", () => answer("Approve", "Reject")),
    " ",
    button("Reject", () => answer("Reject", "Approve")),
  ];
}

function answerStep({ id, name }, { path, reason }, choices) {
  const fields = [
    {
      name: "by",
      label: "Your name",
      hint: "as the approvers are named",
      value: savedName(),
      required: true,
    },
    { name: "comment", label: "Comment", hint: "kept with the run" },
  ];
  const title = `${name}, ${path}: ${reason ?? "waits for approval"}`;
  return askFor({ title, fields, choices }, async ({ choice, words: { by, comment } }) => {
    const body = { path, approved: choice === "Approve", comment, by };
    const answer = await send(`/runs/${encodeURIComponent(id)}/approvals`, body);
    saveName(by);
    return answer;
  });
}
