import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { renderPlanText, type Plan } from "@headwater/workflow";
import { planned, workflowText } from "./planned.js";

const BEFORE = `project: shop
environments: { production: { branch: main }, staging: { branch: dev, triggers: "off" } }
policies: { require_owner: true, signed_commits: true, max_deleted_workflows: 25% }
webhooks: { loads: { signal: raw.loaded, secret: "\${{ secrets.LOADS }}", proof: hmac } }
`;
const AFTER = `project: shop2
environments: { production: { branch: release }, staging: { branch: dev, triggers: "on" }, test: { branch: test } }
policies: { require_owner: true, max_deleted_workflows: 100% }
`;
const FILES = { "a.workflow.yaml": workflowText("a", "owner: ada") };

/** The lines under the heading of the project, without what is beside it. */
function linesOf(plan: Plan): readonly string[] {
  const text = renderPlanText(plan, { from: "main", to: "here", runsInFlight: null });
  const [, section = ""] = /^The project: .*\n((?:.+\n)*)/m.exec(text) ?? [];
  return section
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
}

describe("a plan of a change of headwater.yaml", () => {
  it("tells what changes for the whole project, though no workflow does", () => {
    const plan = planned({ "headwater.yaml": BEFORE, ...FILES }, { "headwater.yaml": AFTER, ...FILES });
    assert.deepEqual(plan.workflows, []);
    assert.deepEqual(linesOf(plan), [
      "~ project shop → shop2",
      "~ environments.production.branch main → release",
      "~ environments.staging.triggers off → on",
      "~ policies.signed_commits true → false",
      "~ policies.max_deleted_workflows 25% → 100%",
      "- webhooks.loads.signal raw.loaded",
      "- webhooks.loads.secret LOADS",
      "- webhooks.loads.proof hmac",
      "- webhooks.loads.header x-hub-signature-256",
      "+ environments.test.branch test",
      "+ environments.test.triggers on",
    ]);
  });

  it("tells nothing of what is only written otherwise", () => {
    const text = `# the shop\n${BEFORE.replace("25%", "25.0%")}`;
    const plan = planned({ "headwater.yaml": BEFORE, ...FILES }, { "headwater.yaml": text, ...FILES });
    assert.deepEqual(plan.settings, []);
  });
});
