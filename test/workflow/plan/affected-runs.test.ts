import assert from "node:assert/strict";
import { test } from "mocha";
import { affectedRuns, type RunInFlight } from "@headwater/workflow";
import { planned, workflowText } from "./planned.js";

test("affectedRuns() tells which runs keep their version and which take over what changes of operation", () => {
  const plan = planned(
    {
      "a.workflow.yaml": workflowText("a"),
      "b.workflow.yaml": workflowText("b"),
      "c.workflow.yaml": workflowText("c"),
      "d.workflow.yaml": workflowText("d"),
    },
    {
      "a.workflow.yaml": workflowText("a", "timeout: 1h"),
      "b.workflow.yaml": workflowText("b", "owner: ada"),
      "in/d.workflow.yaml": workflowText("d"),
    },
  );
  const run = (workflow: string, number: number, status: RunInFlight["status"]): RunInFlight => ({
    workflow,
    name: `p/${workflow}#${number}`,
    status,
  });
  const runs = [
    run("b", 1, "queued"),
    run("a", 1, "running"),
    run("a", 2, "queued"),
    run("c", 1, "running"),
    run("d", 1, "running"),
    run("x", 1, "running"),
  ];
  assert.deepEqual(affectedRuns(plan, runs), [
    {
      workflow: "a",
      running: 1,
      queued: 1,
      first: ["p/a#1", "p/a#2"],
      keepTheirVersion: true,
      queuedTakeOver: false,
    },
    { workflow: "b", running: 0, queued: 1, first: ["p/b#1"], keepTheirVersion: false, queuedTakeOver: true },
    { workflow: "c", running: 1, queued: 0, first: ["p/c#1"], keepTheirVersion: true, queuedTakeOver: false },
  ]);
});
