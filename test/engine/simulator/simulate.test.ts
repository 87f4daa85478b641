import assert from "node:assert/strict";
import { simulate, simulateInSteps } from "@headwater/engine";
import type { SimulationOptions, SimulationResult, StepCoverage } from "@headwater/engine";
import { JOBS_MAX, type StepDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { T0, expression, foreach, noop, outcome, run, sleep, workflow } from "../builder.js";

const THOUSAND = expression("range(0, 1000)");
const MEGABYTE = 1_048_576;

describe("simulate()", () => {
  it("cuts an attempt off at its step's timeout", () => {
    const result = play([run("a", { timeoutMs: 60_000 })], { given: { a: [outcome({ afterMs: 90_000 })] } });
    assert.equal(result.steps.get("a")?.status, "timed_out");
    assert.equal(result.tookMs, 60_000);
  });

  it("gives up on a run that takes more events than it may", () => {
    const steps = [run("a"), run("b", { needs: ["a"] })];
    const { status, events, isCutOff } = play(steps, { eventsMax: 2 });
    assert.deepEqual({ status, events, isCutOff }, { status: "running", events: 2, isCutOff: true });
    assert.equal(play(steps).isCutOff, false);
  });

  it("lets others have a turn now and then", () => {
    const steps = [foreach("all", THOUSAND, { steps: [noop("one")] })];
    const work = simulateInSteps({ definition: workflow(steps), params: {}, given: {}, startAt: T0 });
    let turns = 0;
    let step = work.next();
    for (; step.done !== true; step = work.next()) turns += 1;
    assert.equal(step.value.status, "succeeded");
    assert.ok(turns > 50, `${turns} turns`);
  });

  it("tells what every step instance became, and when", () => {
    const steps = [run("a", { if: "1 > 2" }), foreach("load", [1], { steps: [run("copy", { needs: [] })] })];
    const given = { "load.copy": [outcome({ fails: "error", afterMs: 1000 })] };
    const told = play(steps, { given }).timeline.map(
      ({ at, path, status, attempt, reason }) => `${at - T0} ${path} ${status} ${attempt} ${reason ?? ""}`,
    );
    const failure = 'the given outcome is "fails: error"';
    assert.deepEqual(told, [
      "0 a skipped 0 its condition is false: 1 > 2",
      "0 load running 1 ",
      "0 load[0].copy queued 1 ",
      "0 load[0].copy running 1 ",
      `1000 load[0].copy failed 1 ${failure}`,
      `1000 load failed 1 1 of 1 iterations failed; the first: load[0].copy: ${failure}`,
    ]);
  });

  it("counts how the instances of each step ended, those that never began included", () => {
    const inner = [run("copy"), run("audit", { needs: ["copy"] })];
    const steps = [foreach("load", [1, 2, 3], { steps: inner }), foreach("none", [], { steps: inner })];
    const given = { "load.copy": [outcome({ where: "each.item == 2", fails: "error" })] };
    const counted = stepsOf(play(steps, { given })).map(
      ({ path, succeeded, failed, skipped }) => `${path} ${succeeded}/${failed}/${skipped}`,
    );
    assert.deepEqual(counted, [
      "load 0/1/0",
      "load.copy 2/1/0",
      "load.audit 2/0/1",
      "none 1/0/0",
      "none.copy 0/0/0",
      "none.audit 0/0/0",
    ]);
  });

  it("runs a loop of a thousand loops of a thousand in bounded time and memory", function () {
    this.timeout(300_000);
    const outer = foreach("days", THOUSAND, {
      steps: [foreach("hours", THOUSAND, { steps: [noop("load")] })],
    });
    const before = process.memoryUsage().rss;
    const result = play([outer]);
    assert.equal(result.status, "succeeded");
    assert.equal(stepsOf(result)[2]?.succeeded, JOBS_MAX);
    assert.ok(result.events > 2 * JOBS_MAX);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 400 * MEGABYTE, `memory grew by ${Math.round(grown / MEGABYTE)} MB`);
  });

  it("runs loops whose outer iterations all wait before their inner ones may begin", () => {
    const inner = foreach("parts", [1, 2], { needs: ["wait"], steps: [noop("copy")] });
    const outer = foreach("load", expression("range(0, 12000)"), {
      steps: [sleep("wait", { forMs: 60_000 }), inner],
    });
    const result = play([outer]);
    assert.equal(result.status, "succeeded");
    assert.equal(stepsOf(result)[3]?.succeeded, 24_000);
  });
});

function stepsOf({ coverage }: SimulationResult): readonly StepCoverage[] {
  return coverage[0]?.steps ?? [];
}

function play(steps: readonly StepDefinition[], options: Partial<SimulationOptions> = {}): SimulationResult {
  return simulate({ definition: workflow(steps), params: {}, given: {}, startAt: T0, ...options });
}
