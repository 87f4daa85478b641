import assert from "node:assert/strict";
import { TimeTrace, criticalPathOf, decide, isRunEnded } from "@headwater/engine";
import type { CriticalPath, RunEvent, RunState, Taken } from "@headwater/engine";
import type { WorkflowDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { seededRandom } from "../seeded-random.js";
import { T0, approval, child, foreach, newRun, run, sleep, workflow } from "./builder.js";
import { RandomShell, randomWorkflow } from "./random-run.js";
import { World } from "./world.js";

const RUNS = 150;

describe("criticalPathOf()", () => {
  it("follows the steps that had to end before the last one, and tells what each did with its time", () => {
    const steps = [
      run("fast"),
      run("slow"),
      run("last", { needs: ["fast", "slow"] }),
      run("aside", { needs: ["fast"] }),
    ];
    check(
      workflow(steps),
      (world) => {
        wait(world, 10, () => world.begin("slow"));
        wait(world, 5, () => world.succeed("fast"));
        world.succeed("aside");
        wait(world, 20, () => world.succeed("slow"));
        wait(world, 3, () => world.begin("last"));
        wait(world, 4, () => world.succeed("last"));
      },
      ["slow worker 10, execution 25", "last worker 3, execution 4"],
    );
  });

  it("tells what was waited for: signals, people, sleeps, retries, pauses and other runs", () => {
    const gate = { signal: "updated", match: [], lookbackMs: null, timeoutMs: null };
    const retry = {
      errors: 1,
      platform: 0,
      timeouts: 0,
      delayMs: 7,
      backoff: "fixed",
      maxDelayMs: 7,
    } as const;
    const steps = [
      sleep("rest", { forMs: 9 }, { waitFor: [gate] }),
      approval("ask", { needs: ["rest"] }),
      run("copy", { needs: ["ask"], retry }),
      child("report", { needs: ["copy"] }),
    ];
    check(
      workflow(steps),
      (world) => {
        wait(world, 4, () => world.send({ kind: "gate_opened", path: "rest", gate: 0 }));
        wait(world, 9, () => world.send({ kind: "timer", timer: "rest" }));
        const answer = { path: "ask", by: "ann", approved: true, comment: "" };
        wait(world, 6, () => world.send({ kind: "approve", ...answer }));
        wait(world, 1, () => world.begin("copy"));
        wait(world, 2, () => world.fail("copy"));
        wait(world, 7, () => world.send({ kind: "timer", timer: "copy" }));
        wait(world, 1, () => world.act({ name: "pause", path: null }));
        world.withdraw("copy");
        wait(world, 8, () => world.act({ name: "resume", path: null }));
        wait(world, 1, () => world.succeed("copy"));
        const attempt = { path: "report", attempt: 1 };
        wait(world, 2, () => world.send({ kind: "run_started", ...attempt, runId: "run-7" }));
        const end = { status: "succeeded", reason: null, outputs: {} } as const;
        wait(world, 3, () => world.send({ kind: "run_ended", ...attempt, ...end }));
      },
      [
        "rest signal 4, sleep 9",
        "ask approval 6",
        "copy worker 1, execution 2, retry 7, worker 1, pause 8, worker 1",
        "report run 5",
      ],
    );
  });

  it("tells apart what an attempt lacked before it had all it needs, its start, and its execution", () => {
    const steps = [run("one"), run("two", { needs: ["one"] }), run("three", { needs: ["two"] })];
    check(
      workflow(steps),
      (world) => {
        const begin = (path: string, taken: Taken): void =>
          void world.send({ kind: "attempt_started", path, attempt: 1, taken });
        wait(world, 9, () => begin("one", { at: world.now - 3, lacked: "slot" }));
        wait(world, 2, () => world.succeed("one"));
        const taken = { at: world.now + 4, lacked: "permit" } as const;
        const startedAt = world.now + 5;
        const result = { status: "succeeded", outputs: {} } as const;
        wait(world, 8, () =>
          world.send({ kind: "attempt_ended", path: "two", attempt: 1, startedAt, taken, result }),
        );
        // One that never started, as where its working copy could not be made; the clock has been set back.
        const late = { at: world.now - 100, lacked: null };
        wait(world, 6, () =>
          world.send({ kind: "attempt_ended", path: "three", attempt: 1, taken: late, result }),
        );
      },
      ["one slot 6, starting 3, execution 2", "two permit 4, starting 1, execution 3", "three starting 6"],
    );
  });

  it("of an attempt that is on its way tells what the shell knows of it", () => {
    const world = World.start(workflow([run("one")]));
    const { journal } = world;
    const now = world.now + 10;
    const told = (taken: Taken | null): readonly string[] =>
      replay(workflow([run("one")]), journal, { now, takenOf: () => taken }).parts.map(textOf);
    assert.deepEqual(told(null), ["one worker 10"]);
    assert.deepEqual(told({ at: now, lacked: "permit" }), ["one permit 10"]);
    assert.deepEqual(told({ at: now - 4, lacked: "slot" }), ["one slot 6, starting 4"]);
  });

  it("of a run that goes on ends no earlier than what has happened, though the clock was set back", () => {
    const world = World.start(workflow([run("one"), run("two", { needs: ["one"] })]));
    wait(world, 8, () => world.succeed("one"));
    const { journal } = world;
    const path = replay(workflow([run("one"), run("two", { needs: ["one"] })]), journal, { now: T0 + 3 });
    assert.deepEqual([path.to, path.parts.map(textOf)], [T0 + 8, ["one worker 8"]]);
    assertCovers(path, "");
  });

  it("goes through the iterations of a loop, each after the one that let it begin", () => {
    const load = foreach("load", [1, 2, 3], { steps: [run("copy")], maxParallel: 1 });
    check(
      workflow([load]),
      (world) => {
        wait(world, 2, () => world.succeed("load[0].copy"));
        wait(world, 3, () => world.succeed("load[1].copy"));
        wait(world, 4, () => world.succeed("load[2].copy"));
      },
      ["load[0].copy worker 2", "load[1].copy worker 3", "load[2].copy worker 4"],
    );
  });

  it("folds what there is too much of", () => {
    const items = Array.from({ length: 200 }, (_, index) => index);
    const load = foreach("load", items, { steps: [run("copy")], maxParallel: 1 });
    const path = play(workflow([load]), (world) => {
      for (const index of items) wait(world, 1, () => world.succeed(`load[${index}].copy`));
    });
    assert.deepEqual(
      path.parts.slice(0, 2).map(({ path: of, count, spent }) => ({ of, count, spent })),
      [
        { of: "load", count: 190, spent: { worker: 190 } },
        { of: "load[190].copy", count: 1, spent: { worker: 1 } },
      ],
    );
    assert.equal(path.parts.length, 11);
  });

  it("of a run that goes on ends with what has been under way for longest", () => {
    const path = play(workflow([run("one"), run("two")]), (world) => {
      world.begin("one");
      wait(world, 5, () => world.succeed("two"));
      world.now += 4;
    });
    assert.deepEqual(path.parts.map(textOf), ["one execution 9"]);
  });

  it("begins with the restart of a run, and leaves out what was kept", () => {
    check(
      workflow([run("one"), run("two", { needs: ["one"] })]),
      (world) => {
        wait(world, 5, () => world.succeed("one"));
        wait(world, 5, () => world.fail("two"));
        wait(world, 100, () => world.restart());
        wait(world, 6, () => world.succeed("two"));
      },
      ["two worker 6"],
    );
  });

  it("leaves no moment unexplained of a run to which nobody does anything", () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const random = seededRandom(seed);
      const definition = randomWorkflow(random);
      const shell = new RandomShell(definition, newRun(definition), random);
      shell.play();
      const path = replay(definition, shell.journal, {
        now: Infinity,
        createdAt: shell.journal[0]?.at,
      });
      assert.equal(path.spent.idle, undefined, `seed ${seed}: ${JSON.stringify(path.parts)}`);
    }
  });

  it("covers every moment of any run once, whatever happens to it", function () {
    this.timeout(120_000);
    for (let seed = 1; seed <= RUNS; seed += 1) playAnything(seed);
  });
});

function check(
  definition: WorkflowDefinition,
  plays: (world: World) => void,
  parts: readonly string[],
): void {
  const path = play(definition, plays);
  assert.deepEqual(path.parts.map(textOf), parts);
  assertCovers(path, "");
}

function play(definition: WorkflowDefinition, plays: (world: World) => void): CriticalPath {
  const world = World.start(definition);
  plays(world);
  return replay(definition, world.journal, { now: world.now });
}

function replay(
  definition: WorkflowDefinition,
  journal: readonly { readonly at: number; readonly event: RunEvent }[],
  {
    now,
    createdAt = T0,
    takenOf = () => null,
  }: {
    readonly now: number;
    readonly createdAt?: number | undefined;
    readonly takenOf?: () => Taken | null;
  },
): CriticalPath {
  const state: RunState = newRun(definition);
  const trace = new TimeTrace(createdAt);
  for (const entry of journal) trace.note(state, entry, decide(state, entry.event, entry.at));
  return criticalPathOf(trace, state, { now, takenOf, scheduledAt: null });
}

function wait(world: World, ms: number, act: () => unknown): void {
  world.now += ms;
  act();
}

function textOf({ path, spans }: CriticalPath["parts"][number]): string {
  return `${path ?? "(the run)"} ${spans.map(({ kind, from, to }) => `${kind} ${to - from}`).join(", ")}`;
}

function playAnything(seed: number): void {
  const random = seededRandom(seed);
  const definition = randomWorkflow(random);
  const state = newRun(definition);
  const shell = new RandomShell(definition, state, random);
  shell.playWithPeople();
  const told = `seed ${seed}`;
  assert.ok(isRunEnded(state.status), told);
  const first = shell.journal[0]?.at ?? 0;
  const again = newRun(definition);
  const trace = new TimeTrace(first);
  for (const entry of shell.journal) {
    trace.note(again, entry, decide(again, entry.event, entry.at));
    if (random() < 0.02)
      assertCovers(criticalPathOf(trace, again, { now: entry.at + 5, scheduledAt: null }), told);
  }
  assertCovers(criticalPathOf(trace, again, { now: Infinity, scheduledAt: null }), told);
}

/** Parts follow each other without gaps, and what was spent is all of the time. */
function assertCovers({ from, to, parts, spent }: CriticalPath, told: string): void {
  let at = from;
  for (const part of parts) {
    assert.equal(part.from, at, `${told}: ${JSON.stringify(part)}`);
    for (const span of part.spans) {
      assert.equal(span.from, at, `${told}: ${JSON.stringify(part)}`);
      at = span.to;
    }
    assert.equal(sum(part.spent), part.to - part.from, told);
    at = part.to;
  }
  assert.equal(at, to, told);
  assert.equal(sum(spent), to - from, told);
}

function sum(spent: CriticalPath["spent"]): number {
  return Object.values(spent).reduce((total, ms) => total + ms, 0);
}
