import assert from "node:assert/strict";
import {
  attemptsOut,
  decide,
  describeSteps,
  isRunEnded,
  isStepEnded,
  pendingEffects,
} from "@headwater/engine";
import type { AttemptName, Effect } from "@headwater/engine";
import type { RetryPolicy } from "@headwater/workflow";
import { describe, it } from "mocha";
import { seededRandom } from "../seeded-random.js";
import { newRun, run, sleep, workflow } from "./builder.js";
import { RandomShell, randomWorkflow } from "./random-run.js";
import { World } from "./world.js";

const RUNS = 400;

describe("any run", () => {
  it("ends, whatever happens to it, and replays to the same state", function () {
    this.timeout(60_000);
    for (let seed = 1; seed <= RUNS; seed += 1) playAndReplay(seed);
  });

  it("asks again, after a replay, for all that was under way", () => {
    const retry = {
      errors: 1,
      platform: 1,
      timeouts: 0,
      delayMs: 1000,
      backoff: "fixed",
      maxDelayMs: 1000,
    } as const;
    const world = World.start(
      workflow([run("a"), run("b"), run("c", { retry }), sleep("d", { forMs: 9 })], { timeoutMs: 99 }),
    );
    world.begin("a");
    world.fail("c");
    const pending = [
      { kind: "set_timer", timer: "$run", at: world.now + 99 },
      { kind: "set_timer", timer: "c", at: world.now + 1000 },
      { kind: "set_timer", timer: "d", at: world.now + 9 },
    ];
    assert.deepEqual(pendingEffects(world.state), pending);
    assert.deepEqual(attemptsOut(world.state), [
      { path: "a", attempt: 1 },
      { path: "b", attempt: 1 },
    ]);
  });
});

describe("a run whose service has started again", () => {
  const noRetry = retrying(0);

  it("tries again at once what had begun, with the next number, as a platform failure", () => {
    const world = World.start(workflow([run("a", { retry: retrying(1) })]));
    world.begin("a");
    assert.deepEqual(recover(world), [{ kind: "enqueue", path: "a", attempt: 2 }]);
    world.begin("a");
    assert.deepEqual(recover(world), [{ kind: "finish", status: "failed", reason: world.finished?.reason }]);
    assert.equal(world.reason("a"), "the service restarted while this attempt was running");
  });

  it("takes a beginning that the journal does not know of for one", () => {
    const world = World.start(workflow([run("a", { retry: noRetry })]));
    recover(world, [{ path: "a", attempt: 1 }]);
    assert.equal(world.status("a"), "failed");
  });

  it("gives what had not begun a new number, and uses no retry for it", () => {
    const world = World.start(workflow([run("a", { retry: noRetry })]));
    for (const attempt of [2, 3, 4]) {
      assert.deepEqual(recover(world), [{ kind: "enqueue", path: "a", attempt }]);
    }
    world.succeed("a");
    assert.equal(world.finished?.status, "succeeded");
  });

  it("refuses what attempts of before report", () => {
    const world = World.start(workflow([run("a", { retry: noRetry })]));
    recover(world);
    world.send({
      kind: "attempt_ended",
      path: "a",
      attempt: 1,
      result: { status: "succeeded", outputs: {} },
    });
    assert.equal(world.status("a"), "queued");
  });

  it("ends what was being canceled", () => {
    const world = World.start(workflow([run("a"), run("b")]));
    world.begin("a");
    world.send({ kind: "cancel", by: "ann", reason: "" });
    recover(world);
    assert.deepEqual(world.statuses(), { a: "canceled", b: "canceled" });
    assert.equal(world.finished?.status, "canceled");
  });

  it("keeps to its places", () => {
    const world = World.start(
      workflow([run("a"), run("b", { retry: noRetry }), run("c")], { maxParallelSteps: 2 }),
    );
    world.begin("a");
    recover(world);
    assert.deepEqual(world.statuses(), { a: "retrying", b: "queued", c: "queued" });
    world.succeed("b");
    world.succeed("c");
    world.succeed("a");
    assert.equal(world.finished?.status, "succeeded");
  });
});

function recover(world: World, begun: readonly AttemptName[] = []): readonly Effect[] {
  return world.send({ kind: "recovered", begun });
}

function retrying(platform: number): RetryPolicy {
  return { errors: 0, platform, timeouts: 0, delayMs: 1000, backoff: "fixed", maxDelayMs: 1000 };
}

/** One run of a random workflow with random outcomes, in a random order of events, some of them twice or late. */
function playAndReplay(seed: number): void {
  const random = seededRandom(seed);
  const definition = randomWorkflow(random);
  const state = newRun(definition);
  const shell = new RandomShell(definition, state, random);
  shell.play();
  const told = `seed ${seed}`;
  assert.ok(isRunEnded(state.status), `${told}: the run is ${state.status}`);
  assert.equal(shell.finishes, 1, told);
  for (const step of shell.steps.values())
    assert.ok(isStepEnded(step.status), `${told}: ${step.path} is ${step.status}`);
  assert.ok(
    shell.mostAtOnce <= (definition.maxParallelSteps ?? Infinity),
    `${told}: ${shell.mostAtOnce} at once`,
  );
  assert.deepEqual(shell.impossible, [], told);
  assert.deepEqual(shell.tooWide, [], told);
  assert.deepEqual(shell.repeated, [], told);

  const again = newRun(definition);
  for (const { at, event, changes, effects } of shell.journal) {
    const decision = decide(again, event, at);
    assert.deepEqual(decision.changes, changes, told);
    assert.deepEqual(decision.effects, effects, told);
  }
  assert.deepEqual(again, state, told);
  assert.deepEqual(describeSteps(again), describeSteps(state), told);
}
