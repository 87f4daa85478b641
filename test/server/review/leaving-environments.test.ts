import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { ListedDeployment } from "#server/store/store.js";
import { until } from "../../until.js";
import type { FakeCheck } from "./fake-github.js";
import { createReviewWorld, type ReviewWorld } from "./review-world.js";

const settings = (more: string): string =>
  `project: flows\nenvironments: { production: { branch: main }${more} }\n`;
const workflow = (id: string, step = "say"): string => `workflow: ${id}\nsteps: { ${step}: { run: echo } }\n`;
const FILES = {
  "headwater.yaml": settings(", staging: { branch: develop, triggers: off }"),
  "a.workflow.yaml": workflow("a"),
};
const DEVELOP = { ...FILES, "b.workflow.yaml": workflow("b") };

describe("a pull request of a project with another environment", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld(FILES);
    await world.origin.commit(DEVELOP, { branch: "develop" });
    await world.push(FILES);
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("into the branch that is declared is held against that branch", async () => {
    await world.origin.git("branch", "work", "develop");
    const files = { ...DEVELOP, "b.workflow.yaml": workflow("b", "tell") };
    const head = await world.origin.commit(files, { branch: "work" });
    await world.origin.git("update-ref", "refs/pull/1/head", head);
    await world.github.propose(1, head, { base: "develop" });
    const { conclusion, title, summary } = await checkOf(head);
    assert.deepEqual([conclusion, title], ["success", "workflows: 1 changed"]);
    assert.match(summary, /develop \(\w{8}\)/);
  });

  it("fails where it takes an environment away, and says what goes with it; merged so it is held", async () => {
    const head = await world.change(2, { "headwater.yaml": settings("") });
    await world.github.propose(2, head);
    const { conclusion, title, summary } = await checkOf(head);
    assert.deepEqual(
      [conclusion, title],
      ["failure", "staging goes, with 2 workflows, which nobody has confirmed, 2 settings of the project"],
    );
    assert.match(
      summary,
      /^#### Goes: `staging`, with 2 workflows\n\n"headwater.yaml" does not declare it any more\. By the policy of the project all of them at once is held\. .*`\/headwater confirm-delete \w+`\. .*\n\n- `flows\/a`\n- `flows\/b`\n/,
    );
    const merged = await world.push({ ...FILES, "headwater.yaml": settings("") });
    assert.deepEqual(await deploymentsOf(merged), [["held", null]]);
    await world.push(FILES);
  });

  it("is confirmed on the pull request, and deployed when it is merged", async () => {
    world.github.permissions.set("ann", "write");
    const head = await world.change(3, { "headwater.yaml": settings("") });
    await world.github.propose(3, head);
    assert.deepEqual((await checkOf(head)).buttons, ["confirm-delete", "plan", "test"]);
    await world.github.press(head, "confirm-delete", "ann");
    const confirmed = await until("it was looked at again", () =>
      world.github.checks.find((check) => check.head === head && check.conclusion === "success"),
    );
    assert.equal(confirmed.title, "staging goes, with 2 workflows, 2 settings of the project");
    assert.match(confirmed.summary, /declare it any more\. Confirmed by `ann`\.\n/);
    const merged = await world.push({ ...FILES, "headwater.yaml": settings("") });
    assert.deepEqual(await deploymentsOf(merged), [["active", "ann"]]);
  });

  /** What became of a commit, and who has confirmed it. */
  async function deploymentsOf(commit: string): Promise<readonly unknown[]> {
    const response = await fetch(`${world.url}/api/v1/deployments?commit=${commit}`);
    const { deployments } = (await response.json()) as { deployments: readonly ListedDeployment[] };
    return deployments.map(({ status, confirmed }) => [status, confirmed?.by ?? null]);
  }

  /** Of a commit, when it was looked at. */
  async function checkOf(head: string): Promise<FakeCheck> {
    return until("the host has the check", () =>
      world.github.checks.find((check) => check.head === head && check.status === "completed"),
    );
  }
});
