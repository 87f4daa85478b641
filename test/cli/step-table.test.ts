import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Step } from "@headwater/api";
import { renderSteps } from "#cli/step-table.js";
import { createStyle } from "#cli/style.js";

const STEP: Step = {
  position: 1,
  path: "ask",
  kind: "run",
  status: "succeeded",
  attempt: 1,
  queuedAt: null,
  startedAt: 0,
  endedAt: 0,
  reason: null,
  outputs: null,
  iterations: null,
  labels: {},
  jobs: null,
  startedRun: null,
  runAttempt: 2,
  actions: [],
};

describe("renderSteps()", () => {
  const table: readonly (readonly [string, Partial<Step>, string])[] = [
    ["says nothing of a step that just went well", {}, ""],
    ["says that a step needed retries", { attempt: 3, runAttempt: null }, "after 2 retries"],
    ["does not count restarts of the run as retries", { attempt: 3 }, "attempt 3, one restart"],
    [
      "says why a step was tried again that went well then",
      { attempt: 2, runAttempt: null, reason: "attempt 1 failed: bad" },
      "after one retry (attempt 1 failed: bad)",
    ],
    [
      "leaves the retries of a failed step to its reason",
      { attempt: 2, status: "failed", reason: "bad" },
      "bad",
    ],
    [
      "says who approved, and what they said",
      { kind: "approval", outputs: { approved_by: "ann", comment: "fine" } },
      "approved by ann: fine",
    ],
    ["says what labels it has", { labels: { tier: "gold", domain: "sales" } }, "tier: gold, domain: sales"],
    ["says what a gate waits for", { status: "waiting_for_signal", reason: "waits for x" }, "waits for x"],
    [
      "counts the iterations of a loop",
      { iterations: { total: 3, running: 0, succeeded: 2, failed: 1, skipped: 0 } },
      "2 of 3 succeeded, 1 failed",
    ],
    [
      "counts the jobs within a loop where they are not its iterations",
      {
        iterations: { total: 2, running: 0, succeeded: 1, failed: 0, skipped: 0 },
        jobs: { succeeded: 3, running: 1 },
      },
      "1 of 2 succeeded; 3 of 4 jobs done: 3 succeeded; 1 running",
    ],
    [
      "counts the jobs of a run that the step has started",
      { startedRun: "run-7", jobs: { failed: 1 } },
      "1 of 1 job done: 1 failed",
    ],
    ["tells what a restart has kept", { runAttempt: 1, endedAt: 9 }, "kept from attempt 1 of the run"],
  ];
  for (const [name, step, note] of table) {
    it(name, () => {
      const [, row = ""] = renderSteps([{ ...STEP, ...step }], {
        style: createStyle(false),
        columns: 200,
        attempt: 2,
      }).split("\n");
      assert.equal(row.split(/ {2,}/).slice(4).join(""), note);
    });
  }
});
