import assert from "node:assert/strict";
import { runTestCase } from "@headwater/engine";
import type { ExpectedStep, TestCase, WorkflowDefinition } from "@headwater/workflow";
import { describe, it } from "mocha";
import { expression, foreach, noop, outcome, run, whileLoop, workflow } from "../builder.js";

const RETRY = {
  errors: 2,
  platform: 10,
  timeouts: 0,
  delayMs: 30_000,
  backoff: "exponential",
  maxDelayMs: 600_000,
} as const;
const EXTRACT = run("extract", { retry: RETRY, outputs: { rows: { name: "int" } } });
const LOAD = foreach("load", ["us", "de"], {
  needs: ["extract"],
  if: "steps.extract.outputs.rows > 0",
  steps: [run("copy")],
});
const SUCCEEDS = { run: "succeeded", steps: {}, takes: { atLeastMs: null, atMostMs: null }, isLate: null };
const DAILY = workflow([EXTRACT, LOAD, run("publish", { needs: ["load"] })]);

describe("runTestCase()", () => {
  it("passes what does what is expected, retries and their waits included", () => {
    const given = {
      extract: [
        outcome({ fails: "error" }),
        outcome({ fails: "platform", afterMs: 240_000 }),
        outcome({ outputs: { rows: 5 }, afterMs: 600_000 }),
      ],
    };
    const expected = {
      run: "succeeded",
      steps: { extract: step({ status: "succeeded", attempts: 3, outputs: { rows: 5 } }) },
    };
    const takes = { atLeastMs: 900_000, atMostMs: 900_000 };
    assert.deepEqual(failuresOf(DAILY, { given, expect: { ...expected, takes, isLate: null } }), []);
  });

  it("lets steps without an outcome succeed with outputs of their types", () => {
    const steps = {
      extract: step({ status: "succeeded" }),
      load: step({ status: "skipped" }),
      "load.copy": step({ status: "skipped" }),
      publish: step({ status: "skipped" }),
    };
    assert.deepEqual(
      failuresOf(DAILY, { expect: { run: "succeeded", steps, takes: NO_LIMITS, isLate: null } }),
      [],
    );
  });

  it("gives outcomes to the iterations that a condition names, and repeats the last", () => {
    const given = {
      extract: [outcome({ outputs: { rows: 1 } })],
      "load.copy": [outcome({ where: 'each.item == "de"', fails: "error" })],
    };
    const test = {
      given,
      expect: {
        run: "failed",
        steps: { load: step({ status: "succeeded" }) },
        takes: NO_LIMITS,
        isLate: null,
      },
    };
    assert.deepEqual(failuresOf(DAILY, test), [
      'Expected step "load" to be succeeded: it is failed (1 of 2 iterations failed; the first: load[1].copy: the given outcome is "fails: error")',
    ]);
  });

  it("expects of the iterations that a condition names, or of so many of them", () => {
    const given = {
      extract: [outcome({ outputs: { rows: 1 } })],
      "load.copy": [outcome({ where: 'each.item == "de"', fails: "error" })],
    };
    const expecting = (...copy: readonly Partial<ExpectedStep>[]) =>
      failuresOf(DAILY, {
        given,
        expect: { run: null, steps: { "load.copy": step(...copy) }, takes: NO_LIMITS, isLate: null },
      });
    assert.deepEqual(
      expecting(
        { where: 'each.item == "de"', status: "failed" },
        { where: 'each.item != "de"', status: "succeeded", attempts: 1 },
        { where: "each.index < 5", iterations: 2 },
        { status: "failed", iterations: 1 },
        { status: "skipped", iterations: 0 },
      ),
      [],
    );
    assert.deepEqual(
      expecting(
        { where: "each.index == 0", status: "failed" },
        { where: 'each.item == "fr"', status: "failed" },
        { status: "failed", iterations: 2 },
        { where: "each.index == 1", status: "succeeded", attempts: 1, iterations: 1 },
      ),
      [
        'Expected step "load[0].copy" to be failed: it is succeeded',
        'Expected step "load.copy" to be failed where each.item == "fr": there is no such iteration',
        'Expected step "load.copy" to be failed in 2 of its iterations: it is in 1 of 2',
        'Expected step "load.copy" to be succeeded, at attempt 1 in 1 of its iterations where each.index == 1: it is in 0 of 1',
      ],
    );
  });

  it("knows the variables that each iteration of a while had, though all of them ended at once", () => {
    const count = whileLoop("count", "loop.i < 3", { steps: [noop("a"), noop("b", { if: "loop.i == 2" })] });
    const steps = {
      "count.a": step(
        { where: "loop.i == 1", status: "succeeded", iterations: 1 },
        { where: "loop.i < 3", iterations: 3 },
      ),
      "count.b": step(
        { where: "loop.i == 2", status: "succeeded" },
        { where: "loop.i != 2", status: "skipped" },
      ),
    };
    assert.deepEqual(
      failuresOf(workflow([count]), { expect: { run: "succeeded", steps, takes: NO_LIMITS, isLate: null } }),
      [],
    );
  });

  it("tells programs the place in the test, what it says there and what came instead", () => {
    const steps = { "load.copy": step({ status: "failed" }), extract: step({ outputs: { rows: 1 } }) };
    const takes = { atLeastMs: 90_000, atMostMs: null };
    const given = { extract: [outcome({ outputs: { rows: 2 } })] };
    const test = { ...NOTHING, given, expect: { run: "failed", steps, takes, isLate: null } };
    assert.deepEqual(
      runTestCase({ definition: DAILY }, test).failures.map(({ place, expected, actual }) => [
        place,
        expected,
        actual,
      ]),
      [
        ["expect.run", "failed", "succeeded"],
        ["expect.steps.load[0].copy.status", "failed", "succeeded"],
        ["expect.steps.extract.outputs.rows", 1, 2],
        ["expect.takes.at_least", "1m30s", "0s"],
      ],
    );
  });

  it("says what came instead of what was expected", () => {
    const steps = {
      extract: step({ attempts: 2 }),
      load: step({ status: "succeeded" }),
      nobody: step({ status: "succeeded" }),
      publish: step({ outputs: { rows: 1 } }),
    };
    const test = {
      expect: { run: "failed", steps, takes: { atLeastMs: 1000, atMostMs: null }, isLate: null },
    };
    assert.deepEqual(failuresOf(DAILY, test), [
      "Expected the run to be failed: it is succeeded",
      'Expected step "extract" to take 2 attempts: it takes 1',
      'Expected step "load" to be succeeded: it is skipped (its condition is false: steps.extract.outputs.rows > 0)',
      'Expected step "nobody" to be succeeded: it never began',
      'Expected output "rows" of step "publish" to be 1: it is null',
      "Expected the run to take at least 1s: it takes 0s",
    ]);
  });

  it("fails on params that the workflow does not take", () => {
    assert.deepEqual(failuresOf(DAILY, { params: { day: 1 }, expect: SUCCEEDS }), [
      'Param "day" is not a param of workflow "test"',
    ]);
  });

  it("fails on a test that expects nothing", () => {
    const nothing = 'The test expects nothing, so it shows nothing: say under "expect" what must come out';
    assert.deepEqual(failuresOf(DAILY, {}), [nothing]);
  });

  it("does not try a final failure again", () => {
    const once = workflow([run("a", { retry: RETRY })]);
    const given = { a: [outcome({ fails: "error", isFinal: true })] };
    const steps = { a: step({ status: "failed", attempts: 1 }) };
    assert.deepEqual(failuresOf(once, { given, expect: { ...SUCCEEDS, run: "failed", steps } }), []);
  });

  it("finds expressions that fail only when a step is about to run", () => {
    const broken = workflow([run("a", { env: { X: expression("1 / 0") } })]);
    assert.match(
      failuresOf(broken, { expect: { run: "succeeded", steps: {}, takes: NO_LIMITS, isLate: null } })[0] ??
        "",
      /it is failed \(a: Cannot prepare "a": env\.X: /,
    );
  });

  it("checks when schedules fire, without running anything", () => {
    const definition = workflow([noop("a")], {
      params: [{ name: "required", type: { name: "int" } }],
      triggers: [
        {
          kind: "schedule",
          schedule: "0 6 * * 1-5",
          timezone: "America/Los_Angeles",
          missed: "latest",
          gap: "auto",
          overlap: "auto",
          jitterMs: 0,
          startsAt: null,
          endsAt: null,
          params: {},
        },
      ],
    });
    const [from, to] = ["2026-10-30T00:00:00Z", "2026-11-03T00:00:00Z"].map(Date.parse);
    const at = ["2026-10-30T13:00:00Z", "2026-11-02T14:00:00Z"].map(Date.parse);
    const fires = { fromMs: from ?? 0, toMs: to ?? 0 };
    assert.deepEqual(failuresOf(definition, { fires: { ...fires, atMs: at } }), []);
    assert.deepEqual(failuresOf(definition, { fires: { ...fires, atMs: [from ?? 0] } }), [
      "Expected the schedule to fire at 2026-10-30T00:00:00Z (Thu 2026-10-29 17:00 -07:00): it does not",
      "Expected the schedule not to fire at 2026-10-30T13:00:00Z (Fri 2026-10-30 06:00 -07:00), 2026-11-02T14:00:00Z (Mon 2026-11-02 06:00 -08:00): it does",
    ]);
  });

  it("starts the run by the signal and in the environment that the test gives, and asks for a signal that it wants", () => {
    const definition = workflow(
      [
        run("build", { if: 'signal.kind == "full"' }),
        run("announce", { if: 'run.environment == "production" && run.trigger == "signal"' }),
      ],
      { triggers: [PUSHED] },
    );
    const begins = { ...NOTHING.begins, signal: { kind: "full" }, environment: "production" };
    const steps = Object.fromEntries(["build", "announce"].map((id) => [id, step({ status: "succeeded" })]));
    assert.deepEqual(failuresOf(definition, { begins, expect: { ...NOTHING.expect, steps } }), []);
    assert.deepEqual(failuresOf(definition, { expect: { ...NOTHING.expect, run: "succeeded" } }), [
      'Expected the run to be succeeded: it is failed (build: Cannot evaluate "if": There is no member "kind")',
      'The steps read what the signal carried that started the run, and the test does not say it: give it under "signal"',
    ]);
  });

  it("plays a restart of the run, by its number", () => {
    const definition = workflow([run("notify", { if: "run.attempt == 3" })]);
    const begins = { ...NOTHING.begins, attempt: 3 };
    const expect = { ...NOTHING.expect, steps: { notify: step({ status: "succeeded" }) } };
    assert.deepEqual(failuresOf(definition, { begins, expect }), []);
    assert.equal(failuresOf(definition, { expect }).length, 1);
  });

  it("starts the run by joined signals", () => {
    const definition = workflow([run("build", { if: 'signals.eu.region == "eu" && run.trigger == "all"' })]);
    const begins = { ...NOTHING.begins, signals: { eu: { region: "eu" } } };
    const steps = { build: step({ status: "succeeded" }) };
    assert.deepEqual(failuresOf(definition, { begins, expect: { ...NOTHING.expect, steps } }), []);
  });
});

describe("a test of when a run ends", () => {
  const definition = workflow([run("copy")]);
  const expectation = { completeBy: "01:00", timezone: "UTC", withinMs: null };
  const table: readonly (readonly [
    string,
    number,
    boolean,
    { readonly completeBy?: null; readonly withinMs?: number } | null,
    readonly string[],
  ])[] = [
    ["passes where the run is late as it must be", 3_600_001, true, {}, []],
    ["passes where the run is not late", 3_599_999, false, {}, []],
    [
      "fails where the run is not late",
      1000,
      true,
      {},
      ["Expected the run to be late: it is not, it was due 2026-01-01T01:00:00Z"],
    ],
    [
      "fails where the run is late, by what it may take",
      61_000,
      false,
      { completeBy: null, withinMs: 60_000 },
      ["Expected the run not to be late: it is, it was due 2026-01-01T00:01:00Z"],
    ],
    [
      "fails where nothing is expected of when it ends",
      1000,
      true,
      null,
      ["Expected the run to be late: it is not, its workflow expects no end by any time"],
    ],
  ];
  for (const [name, afterMs, isLate, changes, failures] of table) {
    it(name, () => {
      const expect = changes === null ? null : { ...expectation, ...changes };
      const test = {
        ...NOTHING,
        given: { copy: [outcome({ afterMs })] },
        expect: { run: null, steps: {}, takes: NO_LIMITS, isLate },
      };
      const result = runTestCase({ definition, properties: { expect } }, test);
      assert.deepEqual(
        result.failures.map(({ message }) => message),
        failures,
      );
    });
  }
});

const PUSHED = { kind: "signal", signal: "git.push", match: [], if: null, dedupe: null, params: {} } as const;
const NOTHING: TestCase = {
  name: "test",
  params: {},
  begins: { signal: null, signals: null, trigger: null, environment: null, scheduledAtMs: null, attempt: 1 },
  given: {},
  expect: { run: null, steps: {}, takes: { atLeastMs: null, atMostMs: null }, isLate: null },
  fires: null,
  starts: null,
};
const NO_LIMITS = { atLeastMs: null, atMostMs: null };

function failuresOf(definition: WorkflowDefinition, test: Partial<TestCase>): readonly string[] {
  return runTestCase({ definition }, { ...NOTHING, ...test }).failures.map(({ message }) => message);
}

function step(...expected: readonly Partial<ExpectedStep>[]): readonly ExpectedStep[] {
  const anything = { where: null, iterations: null, status: null, attempts: null, outputs: null };
  return expected.map((one) => ({ ...anything, ...one }));
}
