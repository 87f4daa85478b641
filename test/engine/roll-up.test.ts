import assert from "node:assert/strict";
import { isStepEnded, jobsOf } from "@headwater/engine";
import type { Effect, JobCounts, StepChange, StepStatus } from "@headwater/engine";
import type { StepDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { seededRandom } from "../seeded-random.js";
import { child, foreach, newRun, noop, run, workflow } from "./builder.js";
import { RandomShell, randomWorkflow } from "./random-run.js";
import { World } from "./world.js";

const RUNS = 150;

describe("the jobs of a run by status", () => {
  it("are those of its steps and of all iterations that its loops have, begun or not", () => {
    const load = foreach("load", [1, 2, 3], { steps: [run("copy"), run("audit")], maxParallel: 1 });
    const world = World.start(workflow([run("extract"), { ...load, needs: ["extract"] }]));
    assert.deepEqual(jobsOf(world.state), { queued: 1 });
    world.succeed("extract");
    world.succeed("load[0].copy");
    assert.deepEqual(jobsOf(world.state), { waiting: 4, queued: 1, succeeded: 2 });
    assert.deepEqual(world.steps.get("load")?.jobs, { waiting: 4, queued: 1, succeeded: 1 });
  });

  it("count an iteration that never began as skipped", () => {
    const load = foreach("load", [1, 2, 3], { steps: [run("copy")], maxParallel: 1, onFailure: "stop_new" });
    const world = World.start(workflow([load]));
    world.fail("load[0].copy");
    assert.deepEqual(jobsOf(world.state), { failed: 1, skipped: 2 });
  });

  it("leave a step out once the run is there that it has asked for", () => {
    const world = World.start(workflow([child("report", {}), noop("other")]));
    assert.deepEqual(jobsOf(world.state), { queued: 2 });
    world.send({ kind: "run_started", path: "report", attempt: 1, runId: "run-7" });
    assert.deepEqual(jobsOf(world.state), { queued: 1 });
    assert.equal(world.steps.get("report")?.startedRun, "run-7");
  });

  it("are at any time what a count of all of them gives, whatever happens to the run", function () {
    this.timeout(120_000);
    for (let seed = 1; seed <= RUNS; seed += 1) play(seed);
  });
});

function play(seed: number): void {
  const random = seededRandom(seed);
  const definition = randomWorkflow(random);
  const state = newRun(definition);
  const shell = new RandomShell(definition, state, random);
  const totals = new Map<string, number>();
  shell.afterEvent = () => {
    const last = shell.journal.at(-1);
    noteTotals(totals, last as { effects: readonly Effect[]; changes: readonly StepChange[] });
    const world = { rows: shell.steps, totals };
    const told = `seed ${seed}, event ${shell.journal.length}: ${JSON.stringify(last?.event)}`;
    assert.deepEqual(jobsOf(state), recount(world, state.definition.steps, ""), told);
    for (const [path, total] of totals) {
      const { steps } = stepAt(state.definition.steps, path) ?? { steps: [] };
      const jobs = sum(
        Array.from({ length: total }, (_, at) => recountIteration(world, steps, `${path}[${at}]`)),
      );
      assert.deepEqual(shell.steps.get(path)?.jobs, jobs, `${told}: ${path}`);
    }
  };
  shell.playWithPeople();
}

/** How many iterations each loop has that has begun; none of those that are to begin anew. */
function noteTotals(
  totals: Map<string, number>,
  { effects, changes }: { readonly effects: readonly Effect[]; readonly changes: readonly StepChange[] },
): void {
  for (const effect of effects) {
    if (effect.kind !== "forget_steps") continue;
    for (const path of totals.keys())
      if (path === effect.path || path.startsWith(`${effect.path}[`)) totals.delete(path);
  }
  for (const { path, iterations } of changes) if (iterations !== null) totals.set(path, iterations.total);
}

interface Rows {
  readonly rows: ReadonlyMap<string, StepChange>;
  readonly totals: ReadonlyMap<string, number>;
}

type Steps = readonly StepDefinition[];

function recountIteration({ rows, totals }: Rows, steps: Steps, iteration: string): JobCounts {
  const loop = iteration.slice(0, iteration.lastIndexOf("["));
  const hasBegun = [...rows.keys()].some((path) => path.startsWith(`${iteration}.`));
  const isOver = isStepEnded(rows.get(loop)?.status ?? "waiting");
  if (hasBegun || !isOver) return recount({ rows, totals }, steps, `${iteration}.`);
  return sum(steps.map((step) => ("steps" in step ? {} : { skipped: 1 })));
}

function recount(world: Rows, steps: Steps, prefix: string): JobCounts {
  return sum(
    steps.map((step): JobCounts => {
      const path = `${prefix}${step.id}`;
      const row = world.rows.get(path);
      if (!("steps" in step)) return row?.startedRun ? {} : { [row?.status ?? "waiting"]: 1 };
      const total = world.totals.get(path) ?? 0;
      return sum(
        Array.from({ length: total }, (_, at) => recountIteration(world, step.steps, `${path}[${at}]`)),
      );
    }),
  );
}

function sum(counts: readonly JobCounts[]): JobCounts {
  const total: Partial<Record<StepStatus, number>> = {};
  for (const [status, jobs] of counts.flatMap((one) => Object.entries(one) as [StepStatus, number][]))
    total[status] = (total[status] ?? 0) + jobs;
  return total;
}

function stepAt(steps: Steps, path: string): { readonly steps: Steps } | null {
  const [id = "", ...rest] = path.replaceAll(/\[\d+\]/g, "").split(".");
  const step = steps.find((one) => one.id === id);
  if (step === undefined || !("steps" in step)) return null;
  return rest.length === 0 ? step : stepAt(step.steps, rest.join("."));
}
