import assert from "node:assert/strict";
import { pendingEffects } from "@headwater/engine";
import type { GateDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { T0, expression, literal, run, workflow } from "./builder.js";
import { World } from "./world.js";

const HOUR = 3_600_000;

describe("a step that waits for signals", () => {
  it("begins when all of them have come", () => {
    const fx = gate({
      match: [
        { param: "table", operator: "eq", value: literal("raw.fx") },
        { param: "hour", operator: "gte", value: expression("2 * 3") },
      ],
      lookbackMs: 2 * HOUR,
    });
    const world = World.start(workflow([run("publish", { waitFor: [fx, gate({ signal: "approved" })] })]));
    const match = [
      { param: "table", operator: "eq", value: "raw.fx" },
      { param: "hour", operator: "gte", value: 6 },
    ] as const;
    const awaited = [
      { kind: "await_signal", path: "publish", gate: 0, signal: "updated", match, since: T0 - 2 * HOUR },
      { kind: "await_signal", path: "publish", gate: 1, signal: "approved", match: [], since: T0 },
    ] as const;
    assert.deepEqual(world.effects, awaited);
    assert.equal(world.status("publish"), "waiting_for_signal");
    assert.equal(
      world.reason("publish"),
      'waits for the signal updated with table = "raw.fx", hour ≥ 6 and 1 more',
    );
    open(world, 0);
    assert.equal(world.reason("publish"), "waits for the signal approved");
    assert.deepEqual(pendingEffects(world.state), [awaited[1]]);
    assert.deepEqual(open(world, 0), []);
    assert.deepEqual(open(world, 1), [{ kind: "enqueue", path: "publish", attempt: 1 }]);
    assert.equal(world.status("publish"), "queued");
  });

  it("does not wait when it is skipped", () => {
    const world = World.start(workflow([run("publish", { waitFor: [gate({})], if: "1 > 2" })]));
    assert.equal(world.status("publish"), "skipped");
  });

  it("waits once, not again for each attempt", () => {
    const retry = {
      errors: 1,
      platform: 0,
      timeouts: 0,
      delayMs: 0,
      backoff: "fixed",
      maxDelayMs: 0,
    } as const;
    const world = World.start(workflow([run("publish", { waitFor: [gate({})], retry })]));
    open(world, 0);
    assert.deepEqual(world.fail("publish"), [{ kind: "enqueue", path: "publish", attempt: 2 }]);
  });

  it("times out when one of them does not come in time", () => {
    const gates = [gate({ timeoutMs: HOUR }), gate({ signal: "approved", timeoutMs: 3 * HOUR })];
    const world = World.start(workflow([run("publish", { waitFor: gates })]));
    open(world, 0);
    world.now = T0 + HOUR;
    assert.deepEqual(world.send({ kind: "timer", timer: "publish" }), [
      { kind: "set_timer", timer: "publish", at: T0 + 3 * HOUR },
    ]);
    world.now = T0 + 3 * HOUR;
    assert.deepEqual(world.send({ kind: "timer", timer: "publish" })[0], {
      kind: "forget_signals",
      path: "publish",
    });
    assert.equal(world.status("publish"), "timed_out");
    assert.equal(world.reason("publish"), "the signal approved did not come within 3h");
    assert.deepEqual(open(world, 1), []);
  });

  it("waits no longer when its run is canceled", () => {
    const world = World.start(workflow([run("publish", { waitFor: [gate({ timeoutMs: HOUR })] })]));
    const [clear, forget] = world.send({ kind: "cancel", by: "ann", reason: "" });
    assert.deepEqual(clear, { kind: "clear_timer", timer: "publish" });
    assert.deepEqual(forget, { kind: "forget_signals", path: "publish" });
    assert.equal(world.finished?.status, "canceled");
  });

  it("fails when what it waits for cannot be evaluated", () => {
    const match = [{ param: "hour", operator: "eq", value: expression("1 / 0") }] as const;
    const world = World.start(workflow([run("publish", { waitFor: [gate({ match })] })]));
    assert.match(world.reason("publish") ?? "", /^Cannot wait for "updated": match.hour: /);
  });
});

function gate(settings: Partial<GateDefinition>): GateDefinition {
  return { signal: "updated", match: [], lookbackMs: null, timeoutMs: null, ...settings };
}

function open(world: World, number: number): ReturnType<World["send"]> {
  return world.send({ kind: "gate_opened", path: "publish", gate: number });
}
