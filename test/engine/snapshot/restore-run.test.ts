import assert from "node:assert/strict";
import { decide, describeSteps, pendingEffects, restoreRun, takeSnapshot } from "@headwater/engine";
import type { RunState } from "@headwater/engine";
import { describe, it } from "mocha";
import { seededRandom } from "../../seeded-random.js";
import { evaluator, foreach, newRun, noop, run, workflow } from "../builder.js";
import { RandomShell, randomWorkflow } from "../random-run.js";
import { World } from "../world.js";
import { playRestored, restored } from "./restored-run.js";

const RUNS = 60;

describe("restoreRun()", () => {
  it("makes a run again that goes on as if it had never been away, wherever it is cut", function () {
    this.timeout(120_000);
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const random = seededRandom(seed);
      const definition = randomWorkflow(random);
      const state = newRun(definition);
      const shell = new RandomShell(definition, state, random);
      if (seed % 2 === 0) shell.play();
      else shell.playWithPeople();
      const again = playRestored(newRun(definition), shell.journal, `seed ${seed}`);
      assert.deepEqual(describeSteps(again), describeSteps(state), `seed ${seed}`);
      assert.deepEqual(linesOf(again), linesOf(state), `seed ${seed}`);
    }
  });

  it("keeps what steps have left, and what loops are made of", () => {
    const outputs = { rows: { name: "int" } } as const;
    const world = World.start(
      workflow([
        run("first", { outputs }),
        foreach("load", ["a", 2, 0.5, null, [1, 2, 3], { deep: ["x"] }], {
          needs: ["first"],
          steps: [run("copy", { outputs }), noop("next", { needs: ["copy"] })],
        }),
      ]),
    );
    world.succeed("first", { rows: 3 });
    world.succeed("load[0].copy", { rows: 4 });
    const again = restored(world.state);
    assert.deepEqual(again.root.children.get(1)?.items, world.state.root.children.get(1)?.items);
    assert.deepEqual(again.root.outputs, world.state.root.outputs);
    assert.deepEqual(again.base, world.state.base);
    assert.deepEqual(pendingEffects(again), pendingEffects(world.state));
    assert.deepEqual(describeSteps(again), describeSteps(world.state));
  });

  it("takes the run as it was when the snapshot was taken, however late its text is asked for", () => {
    const world = World.start(workflow([foreach("load", [1, 2, 3], { steps: [run("copy")] })]));
    world.succeed("load[1].copy");
    const before = describeSteps(restored(world.state));
    const lines = takeSnapshot(world.state);
    world.succeed("load[0].copy");
    world.succeed("load[2].copy");
    const { definition } = world.state;
    const again = restoreRun(lines, { definition, evaluator });
    assert.ok(again !== null);
    assert.deepEqual(describeSteps(again), before);
  });

  it("refuses what was cut, changed, or written by another build", () => {
    const world = World.start(workflow([foreach("load", [1, 2, 3], { steps: [run("copy")] })]));
    const { definition } = world.state;
    const lines = [...takeSnapshot(world.state)];
    const restore = (changed: readonly string[]): unknown => restoreRun(changed, { definition, evaluator });
    assert.ok(restore(lines) !== null);
    for (let length = 0; length < lines.length; length += 1)
      assert.equal(restore(lines.slice(0, length)), null);
    for (const index of lines.keys()) {
      assert.equal(restore(lines.with(index, lines[index]?.replace(/\d/, "7") + " ")), null, `line ${index}`);
      assert.equal(restore(lines.toSpliced(index, 1)), null, `line ${index}`);
    }
    const ofAnotherBuild = lines.map((line) => line.replace(/"format":(\d+)/, '"format":9$1'));
    assert.equal(restore(ofAnotherBuild), null);
  });

  it("costs what is not alike: 20,000 iterations that have ended take a few hundred bytes", () => {
    const count = 20_000;
    const world = World.start(
      workflow([
        foreach(
          "load",
          { kind: "literal", value: Array.from({ length: count }, (_, index) => index) },
          {
            steps: [noop("copy"), noop("next", { needs: ["copy"] })],
          },
        ),
      ]),
    );
    let at = world.now;
    for (let done = 0; done < count - 1; done += 1) {
      for (const step of ["copy", "next"]) {
        const name = { path: `load[${done}].${step}`, attempt: 1 };
        const result = { status: "succeeded", outputs: {} } as const;
        decide(world.state, { kind: "attempt_ended", ...name, result }, (at += 1));
      }
    }
    const text = [...takeSnapshot(world.state)].join("\n");
    assert.ok(text.length < 5000, `${text.length} characters`);
    assert.deepEqual(describeSteps(restored(world.state)), describeSteps(world.state));
  });
});

/** All that a snapshot says of a run, but for what its lines sum up to. */
function linesOf(state: RunState): readonly unknown[] {
  return [...takeSnapshot(state)].slice(0, -1).map((line): unknown => JSON.parse(line));
}
