import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Run } from "@headwater/api";
import { previewRef } from "#server/source/mirror/preview-refs.js";
import { capturedMain } from "../../cli/captured-main.js";
import { until } from "../../until.js";
import type { FakeCheck } from "./fake-github.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "./review-world.js";

const HOURLY = 'workflow: hourly\ntriggers: { schedule: "0 * * * *" }\nsteps: { a: { run: echo } }\n';

describe("a pull request", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld();
  });
  after(() => world.stop());
  afterEach(() => {
    assert.deepEqual(world.github.violations, []);
    // When main moves, those of one test are not looked at again while the next one counts.
    world.github.closeAll();
  });

  it("gets one check and one comment that say what a merge would do", async () => {
    const head = await world.change(1, { "hourly.workflow.yaml": HOURLY });
    assert.equal(await world.github.propose(1, head), 202);
    const check = await completed(world, head);
    assert.deepEqual([check.conclusion, check.title], ["success", "workflows: 1 added"]);
    assert.match(check.summary, /^### Plan: 1 added, 0 changed, 0 removed, 0 renamed, 1 unchanged\n/);
    assert.match(check.summary, /hourly\.workflow\.yaml/);
    await until("the host has it", () => commentsOf(world, 1).length === 1);
    assert.match(commentsOf(world, 1)[0]!, /^<!-- headwater plan -->\n### Plan: 1 added/);
  });

  it("has its comment edited in place when its head moves, also when nothing is left to say", async () => {
    const first = await world.change(2, { "hourly.workflow.yaml": HOURLY });
    await world.github.propose(2, first);
    await until("the host has it", () => commentsOf(world, 2).length === 1);
    const second = await world.change(2, {});
    await world.github.propose(2, second);
    const check = await completed(world, second);
    assert.deepEqual([check.conclusion, check.title], ["success", "no workflow changes"]);
    await until(
      "the host has it",
      () => commentsOf(world, 2)[0]?.includes("changes no workflow any more") === true,
    );
    assert.equal(commentsOf(world, 2).length, 1);
  });

  it("that changes no workflow has its check too, and no comment", async () => {
    const head = await world.change(3, { "README.md": "hello" });
    await world.github.propose(3, head);
    const { conclusion, title } = await completed(world, head);
    assert.deepEqual([conclusion, title, commentsOf(world, 3)], ["success", "no workflow changes", []]);
  });

  it("that changes settings of the project says how many in the title", async () => {
    const head = await world.change(18, {
      "headwater.yaml": "project: flows\nowner: growth\npolicies: { require_owner: true }\n",
    });
    await world.github.propose(18, head);
    const { conclusion, title } = await completed(world, head);
    assert.deepEqual([conclusion, title], ["success", "workflows: 1 changed; 2 settings of the project"]);
  });

  it("with errors fails, with a finding on each line, fifty in a request, errors first", async () => {
    const wrong = Array.from({ length: 120 }, (_, index) => `  s${index}: { run: echo, nedes: [] }`);
    const head = await world.change(4, {
      "wrong.workflow.yaml": `workflow: wrong\nsteps:\n${wrong.join("\n")}\n`,
    });
    await world.github.propose(4, head);
    const check = await completed(world, head);
    assert.deepEqual([check.conclusion, check.title], ["failure", "120 errors, workflows: 1 added"]);
    assert.deepEqual(
      check.annotations.map(({ start_line: line }) => line),
      Array.from({ length: 120 }, (_, index) => 3 + index),
    );
    const { path, start_line, start_column, annotation_level, title } = check.annotations[0]!;
    assert.deepEqual(
      [path, start_line, start_column, annotation_level, title],
      ["wrong.workflow.yaml", 3, 20, "failure", "unknown-key"],
    );
    assert.deepEqual(check.batches, [50, 50, 20]);
  });

  it("is compared with what a merge would give, not with where it began", async () => {
    const head = await world.change(5, { "hourly.workflow.yaml": HOURLY });
    await world.origin.commit({ ...FLOWS, "weekly.workflow.yaml": HOURLY.replace("hourly", "weekly") });
    await world.github.propose(5, head);
    const check = await completed(world, head);
    assert.match(check.summary, /^### Plan: 1 added, 0 changed, 0 removed, 0 renamed, 2 unchanged\n/m);
    await world.origin.commit(FLOWS);
  });

  it("that takes an id that main has taken meanwhile fails", async () => {
    const head = await world.change(6, { "a.workflow.yaml": HOURLY });
    await world.origin.commit({ ...FLOWS, "b.workflow.yaml": HOURLY });
    await world.github.propose(6, head);
    const check = await completed(world, head);
    assert.equal(check.conclusion, "failure");
    assert.match(check.title, /^\d+ errors?/);
    await world.origin.commit(FLOWS);
  });

  it("that reverts a merge takes away what that had brought, which its own branch brings back no more", async () => {
    const { origin } = world;
    const brought = {
      "daily.workflow.yaml": HOURLY.replace("hourly", "daily"),
      "hourly.workflow.yaml": HOURLY,
    };
    const work = await world.change(21, brought);
    await world.push({ ...FLOWS, "README.md": "meanwhile" });
    const merged = await merge(work);
    await origin.git("branch", "--force", "work-22", "main");
    const revert = await origin.commit({ ...FLOWS, "README.md": "meanwhile" }, { branch: "work-22" });
    await origin.git("update-ref", "refs/pull/22/head", revert);
    await world.github.propose(22, revert);
    const { title, conclusion } = await completed(world, revert);
    assert.deepEqual([conclusion, title], ["success", "workflows: 1 changed, 1 removed"]);
    await merge(revert);
    // Git has it in main already, so that a merge brings nothing; a revert of the revert does.
    await world.github.propose(21, work);
    assert.equal((await completed(world, work)).title, "no workflow changes");
    await origin.git("branch", "--force", "work-23", "main");
    const tree = await origin.git("rev-parse", `${merged}^{tree}`);
    const again = await origin.commitTree(tree, { branch: "work-23" });
    await origin.git("update-ref", "refs/pull/23/head", again);
    await world.github.propose(23, again);
    assert.equal((await completed(world, again)).title, "workflows: 1 added, 1 changed");
    await origin.commit(FLOWS);

    /** Into main, as a commit of two parents. */
    async function merge(head: string): Promise<string> {
      const merge = await origin.git("merge-tree", "--write-tree", "main", head);
      const commit = await origin.git("commit-tree", merge, "-p", "main", "-p", head, "-m", "Merge");
      await origin.git("update-ref", "refs/heads/main", commit);
      return commit;
    }
  });

  it("that conflicts with main fails, and says so", async () => {
    const head = await world.change(7, { "daily.workflow.yaml": HOURLY });
    await world.origin.commit({ ...FLOWS, "daily.workflow.yaml": HOURLY.replace("hourly", "other") });
    await world.github.propose(7, head);
    const { conclusion, title } = await completed(world, head);
    assert.deepEqual([conclusion, title], ["failure", "conflicts with main"]);
    await world.origin.commit(FLOWS);
  });

  it("has workflow tests that are run with it", async () => {
    const head = await world.change(8, {
      "daily.workflow.test.yaml": "workflow: daily\ntests:\n  it fails:\n    expect: { run: failed }\n",
    });
    await world.github.propose(8, head);
    const check = await completed(world, head);
    assert.deepEqual([check.conclusion, check.title], ["failure", "1 test failed, no workflow changes"]);
    assert.match(check.summary, /^#### Tests: 0 passed, 1 failed\n\n- ❌ `daily`: `it fails`: /);
    const [{ path, start_line, title, message } = assert.fail("no annotation")] = check.annotations;
    assert.deepEqual([path, start_line, title], ["daily.workflow.test.yaml", 3, "test failed"]);
    assert.match(message, /^"it fails": /);
  });

  it("of a merge queue has a check of the very commit that would be the next head", async () => {
    const head = await world.change(9, { "hourly.workflow.yaml": HOURLY });
    const ref = "refs/heads/gh-readonly-queue/main/pr-9-abc";
    await world.origin.git("update-ref", ref, head);
    const tell = (action: string) =>
      world.github.deliver("merge_group", (payload) => {
        const group = { head_sha: head, head_ref: ref, base_ref: "refs/heads/main" };
        Object.assign(payload["merge_group"] as object, group);
        payload["action"] = action;
      });
    await tell("checks_requested");
    const check = await completed(world, head);
    assert.deepEqual([check.conclusion, check.title], ["success", "workflows: 1 added"]);
    const fetched = previewRef("head", ref);
    assert.equal(await world.mirrored(fetched), head);
    await tell("destroyed");
    await until("nothing of it is kept", async () => (await world.mirrored(fetched)) === null);
  });

  it("is looked at again when somebody asks for its check, in a check of its own", async () => {
    const head = await world.change(10, { "README.md": "1" });
    await world.github.propose(10, head);
    const first = await completed(world, head);
    await world.github.deliver("check_run", (payload) =>
      Object.assign(payload["check_run"] as object, { head_sha: head, pull_requests: [] }),
    );
    await until("the host has it", () => checksOf(world, head).length === 2);
    await until("the host has it", () => checksOf(world, head).every(({ status }) => status === "completed"));
    assert.notEqual(checksOf(world, head)[1]?.externalId, first.externalId);
  });

  it("does nothing twice for a delivery that comes again", async () => {
    const head = await world.change(11, { "README.md": "2" });
    await world.github.propose(11, head);
    await completed(world, head);
    const writes = writesOfReviews(world);
    await world.github.deliveries.repeatAll();
    await world.restart();
    assert.equal(writesOfReviews(world), writes);
  });

  it("obeys commands of those who may read it at that moment, with a reaction", async () => {
    const head = await world.change(12, { "README.md": "3" });
    await world.github.propose(12, head);
    await completed(world, head);
    world.github.permissions.set("ann", "write");
    const [help, plan, strange, stranger] = [
      await world.github.comment(12, "/headwater help", "ann"),
      await world.github.comment(12, "/headwater plan\nthanks!", "ann"),
      await world.github.comment(12, "/headwater destroy", "ann"),
      await world.github.comment(12, "/headwater plan", "mallory"),
    ];
    await until("the host has it", () => world.github.reactions.length === 4);
    const reactions = new Map(world.github.reactions.map(({ comment, content }) => [comment, content]));
    assert.deepEqual(
      [help, plan, strange, stranger].map((id) => reactions.get(id)),
      ["eyes", "eyes", "confused", "-1"],
    );
    await until("the host has it", () => checksOf(world, head).length === 2);
    await until("the host has it", () =>
      commentsOf(world, 12).some((body) => body.startsWith("<!-- headwater help -->")),
    );
  });

  it("is heard by a sweep when what was said of it did not arrive", async () => {
    const head = await world.change(13, { "README.md": "4" });
    await world.github.propose(13, head);
    await completed(world, head);
    world.github.deliveries.isLossy = true;
    const lost = await world.github.comment(13, "/headwater help", "ann");
    // GitHub tells of a hundred at once.
    for (let more = 0; more < 101; more += 1) await world.github.deliver("push", () => undefined);
    world.github.deliveries.isLossy = false;
    await world.restart();
    await until("it is heard", () => world.github.reactions.some(({ comment }) => comment === lost));
  });

  it("has its check in the end when GitHub was away, asked for patience or took its tokens back", async () => {
    const head = await world.change(14, { "README.md": "5" });
    const refusals = [
      { status: 502, body: {} },
      {
        status: 403,
        body: { message: "You have exceeded a secondary rate limit" },
        headers: { "retry-after": "1" },
      },
    ];
    world.github.refuse = () => refusals.shift() ?? null;
    world.github.revokeTokens();
    const made = world.github.tokensMade;
    await world.github.propose(14, head);
    await completed(world, head);
    assert.deepEqual([refusals.length, world.github.tokensMade > made], [0, true]);
    assert.equal(checksOf(world, head).length, 1);
  });

  it("has its check in the end when it could not be asked for, however often", async () => {
    const head = await world.change(18, { "README.md": "9" });
    let refusals = 6;
    world.github.refuseRead = (what) =>
      what.includes("/pulls/18") && (refusals -= 1) >= 0 ? { status: 502, body: {} } : null;
    await world.github.propose(18, head);
    await completed(world, head);
    assert.ok(refusals <= 0);
  });

  it("has its check when GitHub knows its commit late, and when it lets us write again", async () => {
    const early = await world.change(19, { "README.md": "10" });
    const isCheck = (what: string): boolean => what.includes("/check-runs");
    let refusals = 3;
    world.github.refuse = (what) =>
      isCheck(what) && (refusals -= 1) >= 0
        ? { status: 422, body: { message: "No commit found for SHA" } }
        : null;
    await world.github.propose(19, early);
    await completed(world, early);
    const suspended = await world.change(20, { "README.md": "11" });
    let tries = 0;
    const message = "This installation has been suspended";
    world.github.refuse = (what) =>
      isCheck(what) && (tries += 1) ? { status: 403, body: { message } } : null;
    await world.github.propose(20, suspended);
    // After some the next one is far away.
    await until("it waits", () => tries >= 9, 60_000);
    world.github.refuse = () => null;
    await world.github.deliver("installation", () => undefined);
    await completed(world, suspended);
  }).timeout(90_000);

  it("is given up where the repository was moved away, and nothing else suffers", async () => {
    const [gone, next] = [
      await world.change(15, { "README.md": "6" }),
      await world.change(16, { "README.md": "7" }),
    ];
    world.github.isMoved = true;
    await world.github.propose(15, gone);
    await until("it is given up", () =>
      world.logged.some((line) => /Cannot review a pull request.*404/.test(line)),
    );
    world.github.isMoved = false;
    await world.github.propose(16, next);
    await completed(world, next);
    assert.deepEqual(checksOf(world, gone), []);
  });

  it("is asked for by its ETag, which counts against no limit where it is as before", async () => {
    const head = await world.change(17, { "README.md": "8" });
    await world.github.propose(17, head);
    await completed(world, head);
    const before = world.github.notModified;
    await world.github.comment(17, "/headwater plan", "ann");
    await until("it is looked at again", () => checksOf(world, head).length === 2);
    assert.ok(world.github.notModified > before);
  });

  it("has no check that lets a merge pass for a commit that it had moved on from before anybody looked", async () => {
    const wrong = { "wrong.workflow.yaml": "workflow: wrong\nsteps: { a: { run: echo, nedes: [] } }\n" };
    const unseen = await world.change(18, wrong);
    const head = await world.change(18, { "README.md": "9" });
    // The host says so still when it is asked, and shows the next one when it is fetched.
    await world.github.propose(18, unseen);
    await until("it is given up", () => checksOf(world, unseen).at(-1)?.title === "could not be reviewed");
    const conclusions = new Set(checksOf(world, unseen).map(({ conclusion }) => conclusion));
    assert.deepEqual([...conclusions], ["failure"]);
    await world.github.propose(18, head);
    assert.equal((await completed(world, head)).conclusion, "success");
  });

  it("is looked at again where it could not be compared before, when anybody tells of it", async () => {
    const head = await world.change(19, { "README.md": "10" });
    await world.github.propose(19, head);
    await completed(world, head);
    world.github.permissions.set("ann", "read");
    world.git.fail(500);
    // So that it has to be fetched.
    await world.origin.commit({ ...FLOWS, "moved.md": "1" });
    await world.github.comment(19, "/headwater plan", "ann");
    await until("it is given up", () => checksOf(world, head).at(-1)?.title === "could not be reviewed");
    world.git.fail(null);
    await world.github.propose(19, head);
    await until("it is compared", () => checksOf(world, head).at(-1)?.conclusion === "success");
  });

  it("is told which runs are in flight, and all else as `headwater plan` tells it", async () => {
    const slow = "workflow: slow\ntimeout: 4h\nsteps: { wait: { sleep: 3h } }\n";
    await world.push({ ...FLOWS, "slow.workflow.yaml": slow });
    for (const _again of [1, 2]) await ask("/workflows/flows/slow/runs", {});
    const inFlight = async (): Promise<readonly Run[]> =>
      (await ask<{ readonly runs: readonly Run[] }>("/runs?workflow=slow")).runs;
    await until("one of them runs", async () =>
      (await inFlight()).some(({ status }) => status === "running"),
    );
    const head = await world.change(24, {
      "daily.workflow.yaml": FLOWS["daily.workflow.yaml"].replace("0 6", "30 7"),
      "hourly.workflow.yaml": HOURLY,
      "slow.workflow.yaml": slow.replace("3h", "2h").replace("4h", "5h"),
    });
    await world.github.propose(24, head);
    const { summary } = await completed(world, head);
    assert.match(
      summary,
      /#### Runs in flight\n\n- `slow`: 1 running, 1 queued\n {2}- `flows\/slow#1`, `flows\/slow#2`\n/,
    );
    const clone = join(dirname(world.dataFolder), "clone");
    await world.origin.git("clone", "--quiet", "--branch", "work-24", ".", clone);
    const at = / switched at (\S+)/.exec(summary)?.[1] ?? assert.fail("no time");
    const revisions = ["--from", "origin/main", "--to", head, "--at", at];
    const args = ["plan", clone, ...revisions, "--format", "markdown", "--url", world.url];
    const { stdout, stderr } = await capturedMain(args);
    assert.equal(stderr, "");
    assert.equal(withoutNames(summary).slice(0, withoutNames(stdout).length), withoutNames(stdout));
    for (const { id } of await inFlight()) await ask(`/runs/${id}/cancel`, { by: "ann" });
    await world.push(FLOWS);

    async function ask<Answer>(path: string, body?: object): Promise<Answer> {
      const answer = await fetch(`${world.url}/api/v1${path}`, {
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
        headers: { "content-type": "application/json" },
      });
      assert.ok(answer.ok, path);
      // Held to the contract where the routes are tested.
      return (await answer.json()) as Answer;
    }

    /** What is compared has other names in a clone. */
    function withoutNames(plan: string): string {
      return plan.replace(/^- From .* switched at /m, "- switched at ");
    }
  });

  it("never has a token, key or secret in what is logged", () => {
    const all = world.logged.join("\n");
    assert.doesNotMatch(all, /ghs_|PRIVATE KEY|Secret to Everybody/);
  });
});

describe("the hook of the GitHub App", () => {
  it("refuses what is not signed with a secret of the service, and keeps nothing of it", async () => {
    const world = await createReviewWorld();
    try {
      const send = async (headers: Record<string, string>): Promise<number> =>
        (await fetch(world.github.hookUrl, { method: "POST", body: "{}", headers })).status;
      const named = { "x-github-event": "ping", "x-github-delivery": "1" };
      const signature = `sha256=${"0".repeat(64)}`;
      assert.equal(await send(named), 401);
      assert.equal(await send({ ...named, "x-hub-signature-256": signature }), 401);
      assert.equal(await send({ ...named, "x-hub-signature-256": "sha1=00" }), 401);
    } finally {
      await world.stop();
    }
  });
});

function checksOf(world: ReviewWorld, head: string): readonly FakeCheck[] {
  return world.github.checks.filter((check) => check.head === head);
}

/** How many; of what is on main, which is fetched when its time comes, GitHub may be told meanwhile. */
function writesOfReviews(world: ReviewWorld): number {
  return world.github.writes.filter(({ what }) => !what.includes("/deployments")).length;
}

function commentsOf(world: ReviewWorld, number: number): readonly string[] {
  return world.github.comments.filter(({ issue }) => issue === number).map(({ body }) => body);
}

async function completed(world: ReviewWorld, head: string): Promise<FakeCheck> {
  await until("the host has it", () => checksOf(world, head).some(({ status }) => status === "completed"));
  return checksOf(world, head)[0]!;
}
