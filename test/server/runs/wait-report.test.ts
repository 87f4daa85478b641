import assert from "node:assert/strict";
import type { Action } from "@headwater/engine";
import { after, before, describe, it } from "mocha";
import { summarizeWaits } from "#server/runs/wait-report.js";
import type { ReportedWait } from "#server/runs/wait-report.js";
import type { RunRow, StoreHealth } from "#server/store/store.js";
import { until } from "#test/until.js";
import { startLocalRuns, type LocalRuns } from "./local-runs.js";

const LONG = "run: 'sleep 600'";

/** One way to wait: the steps of a workflow, and what its last word says of the step that waits. */
interface Case {
  readonly what: string;
  readonly keys?: string;
  readonly steps: string;
  /** What people do once the run goes. */
  readonly act?: (local: LocalRuns, run: RunRow) => Promise<unknown>;
  readonly step: string;
  readonly on: string;
  readonly reason: RegExp;
  /** `RUN` stands for the run. */
  readonly ends: RegExp;
}

const CASES: readonly Case[] = [
  {
    what: "a step before it",
    steps: `a: { ${LONG} }\n  b: { needs: [a], noop: {} }`,
    step: "b",
    on: "needs",
    reason: /^waits for a$/,
    ends: /^the steps that it needs end$/,
  },
  {
    what: "a join",
    steps: `a: { ${LONG} }\n  b: { ${LONG} }\n  c: { needs: [a, b], require: any_succeeded, noop: {} }`,
    step: "c",
    on: "needs",
    reason: /^waits for a and b$/,
    ends: /^the steps that it needs end$/,
  },
  {
    what: "a step before it, within a loop",
    steps: `all: { foreach: { n: [1] }, steps: { a: { ${LONG} }, b: { needs: [a], noop: {} } } }`,
    step: "all[0].b",
    on: "needs",
    reason: /^waits for a$/,
    ends: /^the steps that it needs end$/,
  },
  {
    what: "max_parallel_steps",
    keys: "max_parallel_steps: 1",
    steps: `a: { ${LONG} }\n  b: { noop: {} }`,
    step: "b",
    on: "place",
    reason: /^waits for one of the 1 places of this run$/,
    ends: /^a step of the run ends that has a place$/,
  },
  {
    what: "max_parallel of its loop",
    steps: `all: { foreach: { n: [1, 2, 3] }, max_parallel: 1, steps: { a: { ${LONG} } } }`,
    step: "all",
    on: "iterations",
    reason: /^2 of 3 iterations have not begun: max_parallel lets 1 go on at once$/,
    ends: /^an iteration ends$/,
  },
  {
    what: "a permit",
    steps: `a: { noop: {}, permits: [closed] }`,
    step: "a",
    on: "worker",
    reason: /^waits for a permit of closed, of which its limit allows none now; 0 ahead/,
    ends: /^a step gives back a permit of closed, or .*: headwater permits set closed COUNT$/,
  },
  {
    what: "a slot",
    steps: `a: { ${LONG}, pool: gpu }\n  b: { needs: [], run: 'true', pool: gpu, priority: low }`,
    step: "b",
    on: "worker",
    reason: /^waits for one of 1 slot of the pool gpu; 0 ahead/,
    ends: /^a step gives back a slot of the pool gpu$/,
  },
  {
    what: "a pool that is not there",
    steps: `a: { ${LONG}, pool: moon }`,
    step: "a",
    on: "worker",
    reason: /^waits for the pool moon, which this service does not have/,
    ends: /^the service has a pool moon$/,
  },
  {
    what: "a signal",
    steps: `a: { noop: {}, wait_for: [{ signal: updated, timeout: 1h }] }`,
    step: "a",
    on: "signal",
    reason: /^waits for the signal updated$/,
    ends: /^the signal comes, or at once with: headwater bypass RUN a; at 20.*Z its time is over$/,
  },
  {
    what: "an approval",
    steps: `a: { approval: { approvers: [ann], timeout: 1h } }`,
    step: "a",
    on: "approval",
    reason: /^waits for approval by ann$/,
    ends: /^somebody answers: headwater approve RUN a, or headwater reject; at 20.*Z its time is over$/,
  },
  {
    what: "a sleep",
    steps: `a: { sleep: 1h }`,
    step: "a",
    on: "sleep",
    reason: /^sleeps until 20/,
    ends: /^by itself at 20.*Z$/,
  },
  {
    what: "a retry",
    steps: `a: { run: 'exit 3', retry: { errors: 1, delay: 5m } }`,
    step: "a",
    on: "retry",
    reason: /^attempt 2 of 2 in 5m, because .*3/,
    ends: /^by itself at 20.*Z, or at once with: headwater retry RUN a$/,
  },
  {
    what: "a run of another workflow",
    steps: `a: { workflow: inner }`,
    step: "a",
    on: "run",
    reason: /^waits for run run_\S+ of inner$/,
    ends: /^that run ends; what that waits for says: headwater why run_\S+$/,
  },
  {
    what: "nothing: it executes",
    steps: `a: { ${LONG} }`,
    step: "a",
    on: "nothing",
    reason: /^executes$/,
    ends: /^null$/,
  },
  {
    what: "the pause of its run",
    keys: "max_parallel_steps: 1",
    steps: `a: { ${LONG} }\n  b: { noop: {} }`,
    act: (local, run) => act(local, run, { name: "pause", path: null }),
    step: "b",
    on: "pause",
    reason: /^the run is paused by ann: to look$/,
    ends: /^somebody resumes the run: headwater resume RUN$/,
  },
  {
    what: "the pause of its run, before its iteration",
    steps: `all: { foreach: { n: [1, 2, 3] }, max_parallel: 1, steps: { a: { ${LONG} } } }`,
    act: (local, run) => act(local, run, { name: "pause", path: null }),
    step: "all",
    on: "iterations",
    reason: /^2 of 3 iterations have not begun: the run is paused by ann: to look$/,
    ends: /^somebody resumes the run: headwater resume RUN$/,
  },
  {
    what: "its own pause",
    steps: `a: { noop: {}, wait_for: [{ signal: updated }] }`,
    act: (local, run) => act(local, run, { name: "pause", path: "a" }),
    step: "a",
    on: "pause",
    reason: /^paused by ann: to look$/,
    ends: /^somebody resumes the step: headwater resume RUN a$/,
  },
  {
    what: "its own pause, before it asks for approval",
    steps: `first: { approval: { approvers: [ann] } }\n  a: { needs: [first], approval: { approvers: [ann] } }`,
    act: async (local, run) => {
      await act(local, run, { name: "pause", path: "a" });
      await approveFirst(local, run);
    },
    step: "a",
    on: "pause",
    reason: /^paused by ann: to look$/,
    ends: /^somebody resumes the step: headwater resume RUN a$/,
  },
  {
    what: "a breakpoint",
    steps: `first: { approval: { approvers: [ann] } }\n  a: { needs: [first], noop: {} }`,
    act: async (local, run) => {
      await act(local, run, { name: "set_breakpoint", step: "a" });
      await approveFirst(local, run);
    },
    step: "a",
    on: "pause",
    reason: /^stopped at the breakpoint set by ann: to look$/,
    ends: /headwater resume RUN a, or takes the breakpoint away: headwater breakpoint RUN a --clear$/,
  },
  {
    what: "a breakpoint of its workflow",
    steps: `first: { approval: { approvers: [ann] } }\n  a: { needs: [first], noop: {} }`,
    act: async (local, run) => {
      const workflow = await local.store.findWorkflow(run);
      assert.ok(workflow !== null);
      await local.breakpoints.set(workflow, "a", { by: "bob", reason: "to see" });
      await approveFirst(local, run);
    },
    step: "a",
    on: "pause",
    reason: /^stopped at the breakpoint of the workflow set by bob: to see$/,
    ends: /headwater resume RUN a, or .*: headwater breakpoint local\/wait-\d+ a --clear$/,
  },
];

describe("why is this waiting", () => {
  let local: LocalRuns;
  before(async () => {
    const files: readonly (readonly [string, string])[] = CASES.map(({ keys = "", steps }, number) => [
      `wait-${number}.workflow.yaml`,
      `workflow: wait-${number}\n${keys}\nsteps:\n  ${steps}\n`,
    ]);
    local = await startLocalRuns(
      {
        ...Object.fromEntries(files),
        "inner.workflow.yaml": `workflow: inner\nsteps:\n  ask: { approval: { approvers: [ann] } }\n`,
        "outer.workflow.yaml": `workflow: outer\nsteps:\n  a: { workflow: gated }\n`,
        "gated.workflow.yaml": `workflow: gated\nmax_parallel_steps: 1\nsteps:\n  a: { ${LONG} }\n  b: { noop: {} }\n`,
        "strict.workflow.yaml": `workflow: strict\nrun_strategy: strict_sequential\nsteps:\n  a: { run: 'false' }\n`,
      },
      undefined,
      { slots: 50, pools: { gpu: 1 } },
    );
    local.capacity.limitPermit("closed", 0);
  });
  after(() => local.stop());

  for (const [number, { what, act: does, step, on, reason, ends }] of CASES.entries()) {
    it(`says what a step waits for, since when, and what ends it: ${what}`, async () => {
      const from = Date.now();
      const run = await local.start(`wait-${number}`);
      await until("the run goes", () => local.runs.explain(run).length > 0);
      await does?.(local, run);
      const wait = await until(what, () => waitOf(local, run, { step, on, reason }));
      const named = (wait.ends ?? "null").replaceAll(`local/wait-${number}#1`, "RUN");
      assert.match(named, ends);
      assert.ok(wait.since !== null && wait.since >= from && wait.since <= Date.now(), `since ${wait.since}`);
    });
  }

  it("says of a run that was paused with the one that waits for it how it goes on", async () => {
    const outer = await local.start("outer");
    const inner = await until("the run within it goes", async () => {
      const [row] = await local.store.listRuns({ environment: "production", workflow: "gated", limit: 1 });
      return row !== undefined && local.runs.explain(row).length > 0 ? row : null;
    });
    await act(local, outer, { name: "pause", path: null });
    const wait = await until("it is paused", () =>
      waitOf(local, inner, {
        step: "b",
        on: "pause",
        reason: /^the run is paused by ann: with run 1 of outer, .*: to look$/,
      }),
    );
    assert.equal(
      wait.ends,
      "the run that waits for this one is resumed, or this one alone: headwater resume local/gated#1",
    );
  });

  it("says of a run that is queued whose turn it waits for, and what lets it go on", async () => {
    const key = { project: "local", environment: "production", workflow: "wait-0" };
    const second = await local.start("wait-0");
    await until("it queues", () => local.runs.queueReason(second.id));
    assert.equal(
      local.runs.queueReason(second.id),
      "waits for run 1, which is running; this workflow runs one at a time",
    );
    await local.pauses.pause(key, { by: "ann", reason: "the source is down" });
    assert.equal(
      local.runs.queueReason(second.id),
      "waits because local/wait-0 is paused by ann: the source is down; it goes on with: headwater resume local/wait-0",
    );
    await local.ended((await local.start("strict")).id);
    const blocked = await local.start("strict");
    await until("it is blocked", () => local.runs.queueReason(blocked.id)?.includes("#1 failed") === true);
    assert.match(
      local.runs.queueReason(blocked.id) ?? "",
      /let it go on with: headwater unblock local\/strict$/,
    );
  });

  it("says that a worker starts, that the disk is full, and that the service stops", async () => {
    let health: StoreHealth = { status: "ok" };
    const started = await startLocalRuns(
      { "one.workflow.yaml": `workflow: one\nsteps:\n  a: { ${LONG} }\n` },
      undefined,
      {
        reads: () => ({ health: () => health }),
        workers: {
          start: () => Promise.resolve(),
          stop: () => Promise.resolve(),
          // It never says that it began.
          execute: (_, { signal }) =>
            new Promise((resolve) => {
              signal.addEventListener("abort", () => resolve({ status: "canceled" }));
            }),
        },
      },
    );
    const run = await started.start("one");
    const reasonOf = (): string => started.runs.explain(run)[0]?.reason ?? "";
    await until("it starts", () => reasonOf() === "its worker has it, and starts it");
    health = { status: "waiting", since: Date.now(), reason: "the disk is full" };
    assert.equal(reasonOf(), "waits for the service to write: the disk is full");
    health = { status: "ok" };
    await started.stop();
    assert.equal(reasonOf(), "waits for the service to start again, which stops now");
  });
});

it("a group of attempts that wait tells nothing of those that a worker starts", () => {
  const waits = Array.from({ length: 5 }, (_, index) => ({
    path: `load[${index}].copy`,
    status: "queued" as const,
    kind: "worker" as const,
    reason: null,
    since: index,
    endsAt: null,
    holder: null,
    runId: null,
    count: 1,
  }));
  const around = {
    run: "local/one#1",
    capacityOf: () => null,
    isStarting: (path: string) => ["load[0].copy", "load[3].copy"].includes(path),
    trouble: null,
  };
  assert.deepEqual(
    summarizeWaits(waits, around).map(({ path, count, since, reason }) => ({ path, count, since, reason })),
    [
      { path: "load[0].copy", count: 2, since: 0, reason: "its worker has it, and starts it" },
      { path: "load[1].copy", count: 3, since: 1, reason: "is about to begin" },
    ],
  );
});

function waitOf(
  { runs }: LocalRuns,
  run: RunRow,
  { step, on, reason }: Pick<Case, "step" | "on" | "reason">,
): ReportedWait | null {
  const [wait] = runs.explain(run, step);
  return wait?.on === on && reason.test(wait.reason) ? wait : null;
}

async function act({ runs }: LocalRuns, { id }: RunRow, action: Action): Promise<void> {
  await runs.actOnRun(id, { kind: "action", action, by: "ann", reason: "to look" });
}

async function approveFirst(local: LocalRuns, { id }: RunRow): Promise<void> {
  await local.runs.answerApproval(id, { path: "first", by: "ann", approved: true, comment: "" });
}
