import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../until.js";
import type { FakeCheck } from "./fake-github.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "./review-world.js";

const OTHER = "workflow: other\nsteps: { a: { run: echo } }\n";
const TAKEN = { ...FLOWS, "taken.workflow.yaml": OTHER };

describe("a commit that is the head of several pull requests", () => {
  let world: ReviewWorld;
  let head: string;
  before(async () => {
    world = await createReviewWorld();
    await world.origin.git("branch", "--force", "stale", "main");
    head = await world.change(1, { "other.workflow.yaml": OTHER });
    await world.push(TAKEN);
    for (const number of [2, 3]) await world.origin.git("update-ref", `refs/pull/${number}/head`, head);
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("has a check that says the worst of them, each with its name", async () => {
    await world.github.propose(1, head, { isFork: true });
    assert.equal((await latest(1)).conclusion, "failure");
    await world.github.propose(2, head, { base: "stale", isFork: true });
    const { conclusion, title, summary } = await latest(2);
    assert.equal(conclusion, "failure");
    assert.match(title, /^#1: \d+ errors?, .*; and 1 more of this commit$/);
    assert.match(summary, /^### #1 into `main`: .*^### #2 into `stale`: `workflows: 1 added`$/ms);
  });

  it("is looked at for all of them when somebody asks for its check", async () => {
    await world.github.deliver("check_run", (payload) =>
      Object.assign(payload["check_run"] as object, { head_sha: head, pull_requests: [] }),
    );
    const { conclusion, title } = await latest(4);
    assert.deepEqual([conclusion, title.startsWith("#1: ")], ["failure", true]);
  });

  it("says of the others alone what they say when one is closed", async () => {
    await world.github.close(1);
    const { conclusion, title } = await latest(5);
    assert.deepEqual([conclusion, title], ["success", "workflows: 1 added"]);
  });

  it("says so as well when another one is not there any more, as those of an account that GitHub has hidden", async () => {
    await world.github.propose(3, head, { base: "stale", isFork: true });
    assert.match((await latest(6)).title, / and 1 more of this commit$/);
    world.github.pulls.delete(3);
    await world.github.deliver("check_run", (payload) =>
      Object.assign(payload["check_run"] as object, { head_sha: head, pull_requests: [] }),
    );
    const { conclusion, title } = await latest(7);
    assert.deepEqual([conclusion, title], ["success", "workflows: 1 added"]);
  });

  /** The check that counts, which is the last one, when there are so many. */
  async function latest(count: number): Promise<FakeCheck> {
    const own = (): readonly FakeCheck[] => world.github.checks.filter((check) => check.head === head);
    await until("the host has it", () => own().length >= count && own().at(-1)?.status === "completed");
    return own().at(-1)!;
  }
});
