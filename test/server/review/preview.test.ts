import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Run } from "@headwater/api";
import { previewRef } from "#server/source/mirror/preview-refs.js";
import { until } from "../../until.js";
import { createReviewWorld, type ReviewWorld } from "./review-world.js";

const FILES: Readonly<Record<string, string>> = {
  "headwater.yaml": "project: flows\n",
  "listener.workflow.yaml":
    "workflow: listener\ntriggers: { signal: table.loaded }\nsteps: { hear: { run: echo } }\n",
};
const LOAD = `workflow: load
triggers: { schedule: "* * * * *", params: { day: 2026-01-01 } }
params: { day: { type: date } }
steps:
  check:
    wait_for: { signal: never.heard, timeout: 3h }
    env: { KEY: "\${{ secrets.KEY }}", DAY: "\${{ params.day }}" }
    run: test "$KEY" = harmless && test "$DAY" = 2026-03-02 && echo kept > "$HEADWATER_DATA/kept"
    emit: { signal: table.loaded }
  inner: { needs: [check], workflow: inner }
`;
const INNER = "workflow: inner\nsteps: { only: { run: echo, emit: { signal: table.loaded } } }\n";
const ASK = "/headwater preview load day=2026-03-02";

describe("a preview of a pull request", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld(FILES, {
      HEADWATER_SECRET_KEY: "dangerous",
      HEADWATER_PREVIEW_SECRET_KEY: "harmless",
    });
    world.github.permissions.set("ann", "write").set("rob", "read");
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("runs its version once, apart from all that is deployed, and tells how that went", async () => {
    const head = await propose(1, { "load.workflow.yaml": LOAD, "inner.workflow.yaml": INNER });
    await world.github.comment(1, ASK, "ann");
    await told(1, "### Preview of `load`: ✅ succeeded");
    const [comment, ...others] = commentsOf(1).filter((body) => body.includes("headwater preview -->"));
    assert.deepEqual(others, []);
    assert.match(
      comment ?? "",
      new RegExp(`in \`preview-1\`, of ${head}, asked for by \`ann, on pull request #1\``),
    );
    assert.match(comment ?? "", /\| `check` \| ✅ succeeded \|/);
    const runs = await listRuns("preview-1");
    const shown = runs.map(({ name, commit, status }) => `${name} ${commit} ${status}`);
    assert.deepEqual(shown.toSorted(), [`flows/inner#1 ${head} succeeded`, `flows/load#1 ${head} succeeded`]);
    assert.ok(existsSync(dataOf(1)));
    assert.deepEqual(await listRuns("production"), []);
  });

  it("is of nobody who may not write, and of no fork", async () => {
    await world.github.comment(1, ASK, "rob");
    await told(1, "Not done: it takes the permission to write here.");
    const head = await world.change(2, { "inner.workflow.yaml": INNER });
    await world.github.propose(2, head, { isFork: true });
    await completed(head);
    await world.github.comment(2, "/headwater preview", "ann");
    await told(2, "No preview: it comes from a fork. What strangers propose is compiled and never run.");
    assert.deepEqual(await listRuns("preview-2"), []);
  });

  it("says what it lacks", async () => {
    await world.github.comment(1, "/headwater preview", "ann");
    await told(
      1,
      "No preview: it changes 2 workflows. Say which: `/headwater preview inner`, `/headwater preview load`.",
    );
    await world.github.comment(1, "/headwater preview load", "ann");
    await told(1, 'No preview: `Cannot preview "load": "day" ');
    await world.github.comment(1, "/headwater preview nobody", "ann");
    await told(1, 'No preview: `Cannot preview "nobody" of ');
  });

  it("goes on in the next life of the service, and is thrown away when the pull request is closed", async () => {
    const head = await propose(3, {
      "slow.workflow.yaml":
        "workflow: slow\nsteps: { wait: { sleep: 3h }, never: { needs: [wait], run: echo } }\n",
    });
    const stillOpen = previewRef("head", "refs/pull/9/head");
    await propose(9, { "open.workflow.yaml": "workflow: open\nsteps: { a: { run: echo } }\n" });
    await until("it is fetched", async () => (await world.mirrored(stillOpen)) !== null);
    await world.github.comment(3, "/headwater preview", "ann");
    // Not of its state, of which one that is told too soon is told ten seconds later.
    await told(3, "### Preview of `slow`: ");
    await world.restart();
    await world.github.close(3);
    await told(3, "### Preview of `slow`: ⏹️ canceled");
    await world.github.close(1, true);
    await until("its data is gone", () => !existsSync(dataOf(1)));
    for (const number of [1, 3]) {
      const fetched = previewRef("head", `refs/pull/${number}/head`);
      await until("its ref is gone", async () => (await world.mirrored(fetched)) === null);
    }
    assert.notEqual(await world.mirrored(stillOpen), null);
    // What ran is kept as all runs are.
    assert.deepEqual(
      (await listRuns("preview-3")).map(({ commit, status }) => [commit, status]),
      [[head, "canceled"]],
    );
    await world.github.comment(3, "/headwater preview", "ann");
    await told(3, "No preview: the pull request is closed.");
  });

  it("is no run in flight of a plan: a merge does not touch it", async () => {
    const sleepy = "workflow: listener\nsteps: { hear: { sleep: 3h } }\n";
    const head = await propose(5, { "listener.workflow.yaml": sleepy });
    await world.github.comment(5, "/headwater preview", "ann");
    await told(5, "### Preview of `listener`: ");
    await world.github.comment(5, "/headwater plan", "ann");
    const checks = () => world.github.checks.filter((check) => check.head === head);
    await until("it is looked at again", () => checks()[1]?.status === "completed");
    assert.match(checks()[1]?.summary ?? "", /^### Plan: 0 added, 1 changed/);
    assert.match(checks()[1]?.summary ?? "", /#### Runs in flight\n\n- None is affected\n/);
    await world.github.close(5);
  });

  it("is of no head that is newer than the comment that asks for it", async () => {
    await propose(6, { "inner.workflow.yaml": INNER });
    world.github.deliveries.isLossy = true;
    await world.github.comment(6, "/headwater preview inner", "ann");
    world.github.deliveries.isLossy = false;
    const head = await propose(6, { "inner.workflow.yaml": INNER, "more.txt": "pushed behind their back" });
    // The comment is sent again.
    await world.restart();
    await told(6, `No preview: the head is ${head} now, which is newer than your comment.`);
    assert.deepEqual(await listRuns("preview-6"), []);
  });

  it("is of no project that its repository has not deployed", async () => {
    await propose(7, { "headwater.yaml": "project: victim\n", "inner.workflow.yaml": INNER });
    await world.github.comment(7, "/headwater preview inner", "ann");
    await told(7, 'No preview: `Cannot preview "inner" of ');
    assert.ok(commentsOf(7).some((body) => body.includes('has not deployed the project "victim"')));
    assert.deepEqual(await listRuns("preview-7"), []);
  });

  it("ends when nobody tells that its pull request is closed, and when its repository is not followed any more", async () => {
    const slow = { "slow.workflow.yaml": "workflow: slow\nsteps: { wait: { sleep: 3h } }\n" };
    for (const number of [8, 10]) {
      await propose(number, slow);
      await world.github.comment(number, "/headwater preview", "ann");
      await told(number, "### Preview of `slow`: ");
    }
    world.github.pulls.delete(8);
    await world.restart();
    await told(8, "### Preview of `slow`: ⏹️ canceled");
    await world.follow(false);
    await told(10, "### Preview of `slow`: ⏹️ canceled");
    await world.follow(true);
  });

  it("has its environment for itself", async () => {
    await world.push({
      ...FILES,
      "headwater.yaml": "project: flows\nenvironments: { preview-9: { branch: main } }\n",
    });
    const response = await fetch(`${world.url}/api/v1/deployments?limit=1`);
    const { deployments } = (await response.json()) as {
      readonly deployments: readonly { readonly reason: string }[];
    };
    assert.equal(
      deployments[0]?.reason,
      '"preview-9" is where a pull request is previewed: name the environment otherwise',
    );
  });

  async function propose(number: number, files: Readonly<Record<string, string>>): Promise<string> {
    const head = await world.change(number, files);
    await world.github.propose(number, head);
    await completed(head);
    return head;
  }

  async function completed(head: string): Promise<void> {
    const isDone = (): boolean =>
      world.github.checks.some((check) => check.head === head && check.status === "completed");
    await until("the host has the check", isDone);
  }

  function commentsOf(number: number): readonly string[] {
    return world.github.comments.filter(({ issue }) => issue === number).map(({ body }) => body);
  }

  async function told(number: number, beginning: string): Promise<void> {
    await until(`it is told "${beginning}"`, () =>
      commentsOf(number).some((body) => body.includes(`-->\n${beginning}`)),
    );
  }

  async function listRuns(environment: string): Promise<readonly Run[]> {
    const response = await fetch(`${world.url}/api/v1/runs?environment=${environment}`);
    return ((await response.json()) as { readonly runs: readonly Run[] }).runs;
  }

  function dataOf(number: number): string {
    return join(world.dataFolder, "data", "flows", `preview-${number}`);
  }
});
