import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { planProject, type AskedPlan, type PlannedChange } from "@headwater/language-server";
import { check, serviceWith, uriOf } from "../marked-project.js";

const textOf = (id: string, script: string): string =>
  `workflow: ${id}\nsteps:\n  say: { run: echo ${script} }\n`;
const IDS = ["a", "b", "c", "d"];
const FILES: Readonly<Record<string, string>> = {
  "headwater.yaml": "project: growth\n",
  ...Object.fromEntries(IDS.map((id) => [`${id}.workflow.yaml`, textOf(id, "before")])),
};

/** What is deployed is `FILES`; of these files another text is open. */
function setup(open: Readonly<Record<string, string>>) {
  const service = serviceWith(FILES);
  for (const [path, text] of Object.entries(open)) service.workspace.open(uriOf(path), 1, text);
  check(service);
  const file = service.workspace.find(uriOf("a.workflow.yaml"));
  assert.ok(file !== null);
  const files = Object.entries(FILES).map(([path, text]) => ({ path, text }));
  const before = { branch: "main", commit: "0123456789abcdef", paths: Object.keys(FILES), files };
  const asked: AskedPlan = { before, usualDurations: [], runs: [], at: Date.UTC(2026, 0, 5) };
  return { service, plan: planProject(file, asked) };
}

function finish(plan: Generator<undefined, PlannedChange>): PlannedChange {
  for (;;) {
    const step = plan.next();
    if (step.done === true) return step.value;
  }
}

describe("planProject()", () => {
  it("tells what the open texts change, and pauses after each file", () => {
    const { plan } = setup({ "b.workflow.yaml": textOf("b", "after") });
    for (let file = 0; file < 2 * IDS.length; file += 1) assert.equal(plan.next().done, false);
    const { markdown, summary } = finish(plan);
    assert.match(markdown, /echo after/);
    assert.deepEqual([summary.changed, summary.unchanged], [1, IDS.length - 1]);
  });

  it("begins anew when somebody writes meanwhile: what it tells is of one moment", () => {
    const { service, plan } = setup({ "b.workflow.yaml": textOf("b", "after") });
    for (let file = 0; file < IDS.length + 1; file += 1) plan.next();
    service.workspace.change(uriOf("b.workflow.yaml"), 2, [{ text: textOf("b", "later") }]);
    service.workspace.open(uriOf("c.workflow.yaml"), 1, textOf("c", "later"));
    const { markdown, summary } = finish(plan);
    assert.ok(!markdown.includes("echo after"), markdown);
    assert.deepEqual([summary.changed, summary.unchanged], [2, IDS.length - 2]);
  });
});
